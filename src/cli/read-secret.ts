/** Reads a secret from standard input: never from an argument, which every process could see. */
import { Fault } from '../core/fault/fault.ts'
import type { CliParts } from './cli-parts.ts'

/** Longer than any token. */
const LENGTH_MAX = 10_000

/** @param what what it is, for whoever is asked: `token` @throws secret-missing */
export async function readSecret(
  parts: Pick<CliParts, 'stdin' | 'stderr'>,
  what: string,
): Promise<string> {
  if (parts.stdin?.isTTY === true) parts.stderr.write(`Paste the ${what}, then press Ctrl-D:\n`)
  let text = ''
  for await (const piece of parts.stdin ?? []) {
    text += String(piece)
    if (text.length > LENGTH_MAX) break
  }
  const secret = text.trim()
  if (secret !== '' && !/\s/.test(secret) && secret.length <= LENGTH_MAX) return secret
  throw new Fault({
    code: 'secret-missing',
    operation: `read the ${what}`,
    subject: 'standard input',
    hint: `Standard input holds no ${what}; pipe it in, for example from a secret store.`,
  })
}
