/** The public key of a ledger that somebody trusts, as they give it: its text, or the file that a ledger has. */
import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** 32 bytes in base64, as proofs name keys. */
const KEY_TEXT = /^[A-Za-z0-9+/]{43}=$/

/**
 * Reads it.
 *
 * @param given the text of a key, or the path of a file in PEM such as `.rampart/ledger.pub`
 * @returns its text; undefined when it is neither
 */
export function trustedKey(cwd: string, given: string): string | undefined {
  if (KEY_TEXT.test(given)) return given
  try {
    const { x } = createPublicKey(readFileSync(resolve(cwd, given))).export({ format: 'jwk' })
    return x === undefined ? undefined : Buffer.from(x, 'base64url').toString('base64')
  } catch {
    // Whatever else it is, it is no key; whoever gave it is told so.
    return undefined
  }
}
