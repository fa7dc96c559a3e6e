/**
 * Signing in a command line that has no browser of its own: it shows a short code, somebody who is
 * signed in confirms that code on our page, and the command line, which alone knows a long secret,
 * then gets a token that is that person. The token is made only then, and shown to nobody else.
 */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Records } from '../../seams/records.ts'
import type { TokenReply } from '../wire/access.ts'
import { networkOf } from './failure-limit.ts'
import type { Identity } from './identity.ts'
import type { People } from './people.ts'
import { hashOfSecret, newSecret } from './secret.ts'
import { Shelf } from './shelf.ts'
import type { TokenStore } from './token-store.ts'

/** How long a code may wait to be confirmed. @unit ms */
const DEVICE_MS = 600_000
/** How long the token lasts. @unit ms */
const LOGIN_LIFETIME_MS: number = 12 * 3_600_000
/** How many codes may wait at once. */
const WAITING_MAX = 500
/** How many of them may be of one address: nobody is to keep all others from logging in. */
export const WAITING_OF_ONE_MAX = 20
/** Without vowels, so that no code is a word, and without letters that look alike. */
const LETTERS = 'BCDFGHJKMNPQRSTVWXZ'

interface Waiting {
  readonly userCode: string
  /** Whence it was asked for. */
  readonly address: string
  readonly beganAtMs: number
  /** Who has confirmed it; absent: nobody yet. */
  readonly person?: string
}

const WAITING: z.ZodType<Waiting> = z.object({
  userCode: z.string(),
  address: z.string(),
  beganAtMs: z.number(),
  person: z.string().exactOptional(),
})

/** A login that waits to be confirmed. */
export interface DeviceLoginBegun {
  /** The command line's own secret. */
  readonly deviceCode: string
  /** What people compare: `BCDF-GHJK`. */
  readonly userCode: string
  readonly expiresAtMs: number
}

/** Logs command lines in. */
export class DeviceLogin {
  readonly #clock: Clock
  readonly #people: People
  readonly #tokens: TokenStore
  readonly #waiting: Shelf<Waiting>

  constructor(parts: {
    readonly records: Records
    readonly clock: Clock
    readonly people: People
    readonly tokens: TokenStore
  }) {
    this.#clock = parts.clock
    this.#people = parts.people
    this.#tokens = parts.tokens
    this.#waiting = new Shelf(parts.records, 'device-logins', WAITING)
  }

  /** @throws limit-reached */
  async begin(address: string): Promise<DeviceLoginBegun> {
    const waiting = await this.#waiting.list({ limit: WAITING_MAX })
    if (waiting.length >= WAITING_MAX) throw tooMany(`${WAITING_MAX} logins wait`)
    const network = networkOf(address)
    const own = waiting.filter(({ value }) => networkOf(value.address) === network)
    if (own.length >= WAITING_OF_ONE_MAX) {
      throw tooMany(`${WAITING_OF_ONE_MAX} logins that were begun at your address wait`)
    }
    const deviceCode = newSecret()
    const userCode = newUserCode()
    const beganAtMs = this.#clock.nowMs()
    const expiresAtMs = beganAtMs + DEVICE_MS
    const kept = { userCode, address, beganAtMs }
    await this.#waiting.put(hashOfSecret(deviceCode), kept, { ifVersion: 0, expiresAtMs })
    return { deviceCode, userCode, expiresAtMs }
  }

  /** Whence a code was asked for; undefined when no such code waits. */
  async look(userCode: string): Promise<{ readonly address: string } | undefined> {
    return (await this.#find(userCode))?.value
  }

  /**
   * Somebody confirms that a code is their own.
   *
   * @throws sign-in-refused when no such code waits
   */
  async confirm(person: Identity, userCode: string): Promise<void> {
    const found = await this.#find(userCode)
    if (found === undefined) throw refused('No such code waits; it may have expired.')
    const { key, value, version } = found
    const expiresAtMs = value.beganAtMs + DEVICE_MS
    await this.#waiting.put(
      key,
      { ...value, person: person.name },
      { ifVersion: version, expiresAtMs },
    )
  }

  /** Takes a code away. */
  async refuse(userCode: string): Promise<void> {
    const found = await this.#find(userCode)
    if (found !== undefined) await this.#waiting.remove(found.key)
  }

  /** Takes away what a person has confirmed and no command line has taken yet. */
  async forget(person: string): Promise<void> {
    const waiting = await this.#waiting.list({ limit: WAITING_MAX })
    for (const { key, value } of waiting) {
      if (value.person === person) await this.#waiting.remove(key)
    }
  }

  /**
   * The token, once somebody has confirmed; given once. Undefined while it waits.
   *
   * @throws sign-in-refused when it was refused, has expired, or was taken already
   */
  async take(deviceCode: string): Promise<TokenReply | undefined> {
    const key = hashOfSecret(deviceCode)
    const found = await this.#waiting.get(key)
    if (found === undefined) throw refused('The code was refused, has expired, or was used.')
    const { person, userCode } = found.value
    if (person === undefined) return undefined
    if (!(await this.#waiting.remove(key))) throw refused('The code was used already.')
    const identity = await this.#people.identity(person)
    return await this.#tokens.createFor(identity, `login ${userCode}`, LOGIN_LIFETIME_MS)
  }

  async #find(userCode: string): ReturnType<Shelf<Waiting>['get']> {
    const waiting = await this.#waiting.list({ limit: WAITING_MAX })
    return waiting.find(({ value }) => value.userCode === userCode && value.person === undefined)
  }
}

/** 19^8 codes, for ten minutes, to be confirmed by somebody who is signed in: enough. */
function newUserCode(): string {
  const letters: string[] = []
  while (letters.length < 8) {
    for (const byte of randomBytes(16)) {
      // Whatever is beyond the last whole round would make some letters likelier.
      if (byte < LETTERS.length * 13 && letters.length < 8) {
        letters.push(LETTERS[byte % LETTERS.length] ?? '')
      }
    }
  }
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`
}

function refused(hint: string): Fault {
  return new Fault({ code: 'sign-in-refused', operation: 'log in', subject: 'you', hint })
}

function tooMany(what: string): Fault {
  return new Fault({
    code: 'limit-reached',
    operation: 'log in',
    subject: 'logins',
    hint: `${what} to be confirmed; each goes after ten minutes.`,
  })
}
