/** Waiting for what a child process says over its channel. */
import type { ChildProcess } from 'node:child_process'

/** Resolves with the first words of that kind, from now on; rejects when the child ends instead. */
export function heard<Words extends { readonly says: string }, Says extends Words['says']>(
  child: ChildProcess,
  says: Says,
): Promise<Extract<Words, { readonly says: Says }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (words: Words): void => {
      if (words.says !== says) return
      child.off('message', onMessage)
      child.off('exit', reject)
      resolve(words as Extract<Words, { readonly says: Says }>)
    }
    child.on('message', onMessage)
    child.once('exit', reject)
  })
}
