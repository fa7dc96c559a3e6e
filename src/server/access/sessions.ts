/**
 * Sessions of people who signed in by a browser: a secret in a cookie, its hash in the records. A
 * session ends when nobody used it for a while, at the latest after a week, or when somebody signs out.
 */
import { z } from 'zod'
import { isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Records } from '../../seams/records.ts'
import { derivedSecret, hashOfSecret, newSecret } from './secret.ts'
import { Shelf } from './shelf.ts'

/** How long a session lasts that nobody uses. @unit ms */
export const IDLE_MS: number = 8 * 3_600_000
/** How long a session lasts at most. @unit ms */
export const SESSION_MAX_MS: number = 7 * 86_400_000
/** The shortest time between two prolongations. @unit ms */
const PROLONG_PAUSE_MS = 60_000
/** How many are read at once. */
const PAGE = 1_000
/** What a secret looks like; nothing else is ever looked up. */
const SECRET = /^[A-Za-z0-9_-]{43}$/

/** Whose a session is: a person's who signed in, or a token's that was handed in. */
export type SessionOwner =
  | { readonly is: 'person'; readonly name: string }
  | { readonly is: 'token'; readonly id: string }

interface Kept {
  readonly owner: SessionOwner
  readonly createdAtMs: number
  readonly usedAtMs: number
}

const KEPT: z.ZodType<Kept> = z.object({
  owner: z.discriminatedUnion('is', [
    z.object({ is: z.literal('person'), name: z.string() }),
    z.object({ is: z.literal('token'), id: z.string() }),
  ]),
  createdAtMs: z.number(),
  usedAtMs: z.number(),
})

/** A session that holds. */
export interface Session {
  readonly key: string
  readonly owner: SessionOwner
  readonly csrfToken: string
}

/** Keeps sessions. */
export class Sessions {
  readonly #clock: Clock
  readonly #kept: Shelf<Kept>

  constructor(parts: { readonly records: Records; readonly clock: Clock }) {
    this.#clock = parts.clock
    this.#kept = new Shelf(parts.records, 'sessions', KEPT)
  }

  /** Begins one. @returns its secret, for the cookie */
  async begin(owner: SessionOwner): Promise<string> {
    const secret = newSecret()
    const nowMs = this.#clock.nowMs()
    const kept = { owner, createdAtMs: nowMs, usedAtMs: nowMs }
    await this.#kept.put(hashOfSecret(secret), kept, { ifVersion: 0, expiresAtMs: expiryOf(kept) })
    return secret
  }

  /** The session of a secret, prolonged; undefined when it does not hold. */
  async find(secret: string): Promise<Session | undefined> {
    if (!SECRET.test(secret)) return undefined
    const key = hashOfSecret(secret)
    const found = await this.#kept.get(key)
    const nowMs = this.#clock.nowMs()
    if (found === undefined || expiryOf(found.value) <= nowMs) return undefined
    const { owner, usedAtMs } = found.value
    if (nowMs - usedAtMs >= PROLONG_PAUSE_MS)
      await this.#prolong(key, { ...found.value, usedAtMs: nowMs })
    return { key, owner, csrfToken: csrfTokenOf(secret) }
  }

  /** Ends one. @returns false when there was none */
  end(key: string): Promise<boolean> {
    return this.#kept.remove(key)
  }

  /** Ends every session of a person. @returns how many there were */
  async endOf(person: string): Promise<number> {
    let ended = 0
    let after = ''
    for (;;) {
      const page = await this.#kept.list({ after, limit: PAGE })
      for (const { key, value } of page) {
        const isTheirs = value.owner.is === 'person' && value.owner.name === person
        if (isTheirs && (await this.#kept.remove(key))) ended += 1
      }
      const last = page.at(-1)
      if (last === undefined) return ended
      after = last.key
    }
  }

  async #prolong(key: string, kept: Kept): Promise<void> {
    // Whoever signed out meanwhile stays signed out: only what is still there is replaced.
    const found = await this.#kept.get(key)
    if (found === undefined) return
    try {
      await this.#kept.put(key, kept, { ifVersion: found.version, expiresAtMs: expiryOf(kept) })
    } catch (error) {
      if (!isFault(error, 'record-conflict')) throw error
    }
  }
}

/** Follows from the secret, so that it needs no place of its own and tells nobody the cookie. */
export function csrfTokenOf(secret: string): string {
  return derivedSecret(secret, 'csrf')
}

function expiryOf({ createdAtMs, usedAtMs }: Kept): number {
  return Math.min(usedAtMs + IDLE_MS, createdAtMs + SESSION_MAX_MS)
}
