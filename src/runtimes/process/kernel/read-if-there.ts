/** Reads of /proc, where whatever is looked at may be gone a moment later. */
import { readFileSync } from 'node:fs'

const GONE = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM']

/** The file as text; undefined when it is gone or may not be looked at. */
export function readIfThere(
  path: string,
  encoding: 'latin1' | 'utf8' = 'latin1',
): string | undefined {
  return goneIsUndefined(() => readFileSync(path, encoding))
}

/** A process may end, or be another user's, between any two looks; that is an answer. */
export function goneIsUndefined<Value>(look: () => Value): Value | undefined {
  try {
    return look()
  } catch (error) {
    if (GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
