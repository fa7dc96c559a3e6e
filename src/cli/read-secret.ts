/**
 * Reads a secret from standard input, or asks the person at the terminal, who is not shown what they
 * type: never from an argument, which every process could see.
 */
import { Fault } from '../core/fault/fault.ts'
import type { CliParts } from './cli-parts.ts'

/** Longer than any token. */
const LENGTH_MAX = 10_000

/** @param what what it is, for whoever is asked: `token` @throws secret-missing */
export async function readSecret(
  parts: Pick<CliParts, 'stdin' | 'askSecret'>,
  what: string,
): Promise<string> {
  const given =
    parts.askSecret === undefined
      ? await readAll(parts.stdin)
      : await parts.askSecret(`Paste the ${what}, which is not shown, and press Enter: `)
  const secret = (given ?? '').trim()
  if (secret !== '' && !/\s/.test(secret) && secret.length <= LENGTH_MAX) return secret
  throw new Fault({
    code: 'secret-missing',
    operation: `read the ${what}`,
    subject: 'standard input',
    hint: `No ${what} was given; pipe it in, for example from a secret store.`,
  })
}

async function readAll(stdin: CliParts['stdin']): Promise<string> {
  let text = ''
  for await (const piece of stdin ?? []) {
    text += String(piece)
    if (text.length > LENGTH_MAX) break
  }
  return text
}
