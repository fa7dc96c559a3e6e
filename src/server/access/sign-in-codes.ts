/**
 * Codes by which whoever has a token signs a browser in, once and within a minute: a code may stand in an
 * address, where a token must not, since histories and lists of processes keep those. Kept as their hash.
 */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Records } from '../../seams/records.ts'
import type { Identity } from './identity.ts'
import { hashOfSecret, newSecret } from './secret.ts'
import { Shelf } from './shelf.ts'

/** How long a code may be used. @unit ms */
export const SIGN_IN_CODE_MS = 60_000

/** How many may wait to be used: whoever makes more than that signs nobody in. */
const CODES_MAX = 1_000

const KEPT = z.object({ token: z.string(), expiresAtMs: z.number() })

/** A code that was made: the only time it is shown. */
export interface MadeCode {
  readonly code: string
  readonly expiresAtMs: number
}

/** Keeps codes. */
export class SignInCodes {
  readonly #clock: Clock
  readonly #kept: Shelf<z.infer<typeof KEPT>>

  constructor(parts: { readonly records: Records; readonly clock: Clock }) {
    this.#clock = parts.clock
    this.#kept = new Shelf(parts.records, 'sign-in-codes', KEPT)
  }

  /**
   * Makes one for whoever has come by a token.
   *
   * @throws forbidden for whoever has come otherwise: they have nothing that a session could be of
   * @throws limit-reached
   */
  async make({ tokenId, name }: Identity): Promise<MadeCode> {
    if (tokenId === undefined) throw tokenless(name)
    if ((await this.#kept.list({ limit: CODES_MAX })).length >= CODES_MAX) throw tooMany()
    const code = newSecret()
    const expiresAtMs = this.#clock.nowMs() + SIGN_IN_CODE_MS
    const kept = { token: tokenId, expiresAtMs }
    await this.#kept.put(hashOfSecret(code), kept, { ifVersion: 0, expiresAtMs })
    return { code, expiresAtMs }
  }

  /** The id of the token that a code is of, which is worth nothing from now on; undefined: it is worth nothing. */
  async take(code: string): Promise<string | undefined> {
    const key = hashOfSecret(code)
    const found = await this.#kept.get(key)
    // Of several who come with it, the one that takes it away has it.
    if (found === undefined || !(await this.#kept.remove(key))) return undefined
    return found.value.expiresAtMs > this.#clock.nowMs() ? found.value.token : undefined
  }
}

function tokenless(name: string): Fault {
  return new Fault({
    code: 'forbidden',
    operation: 'make a code',
    subject: name,
    hint: `A code is made by a token, and ${name} has come without one.`,
  })
}

function tooMany(): Fault {
  return new Fault({
    code: 'limit-reached',
    operation: 'make a code',
    subject: 'codes',
    hint: `There are ${CODES_MAX} codes that nobody has used; each is forgotten after a minute.`,
  })
}
