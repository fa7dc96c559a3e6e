/**
 * Leases in PostgreSQL. Its clock alone decides what has expired, so replicas need not agree about the
 * time. What is renewed is one row for each replica, its life, whatever it holds. A subject's row is
 * never removed, since its token must grow for ever.
 */
import { Fault } from '../../core/fault/fault.ts'
import type { Database, Row, Statement } from '../../database/database.ts'
import type { Lease, Leases } from '../../seams/leases.ts'

/** Whose leases, and how long they last. */
export interface PostgresLeasesOptions {
  /** Stays open when the leases are closed. */
  readonly database: Database
  /** The replica: a name for one life of its process. */
  readonly owner: string
  /** @unit ms @default 10000 */
  readonly lifetimeMs?: number
}

/** A life that is not renewed in time is over, so nobody waits for an answer for longer than that. */
const WITHIN_MS = 4000

/** `clock_timestamp()` and not `now()`: whoever waited for the row's lock has waited. */
const EXPIRY = "clock_timestamp() + $2 * interval '1 millisecond'"

/** Lives that were over long ago are swept by whoever begins one: nothing can be theirs any more. */
const BEGIN: Statement = {
  name: 'begin-life',
  withinMs: WITHIN_MS,
  text: `WITH ended AS (
      UPDATE rampart.lives SET is_over = true, expires_at = least(expires_at, clock_timestamp())
      WHERE life = $3),
    swept AS (DELETE FROM rampart.lives WHERE expires_at < now() - interval '1 hour')
    INSERT INTO rampart.lives (owner, expires_at) VALUES ($1, ${EXPIRY}) RETURNING life`,
}

/** Whoever finds a life expired writes so into its row, which is looked at again after a wait for it. */
const RENEW: Statement = {
  name: 'renew-life',
  withinMs: WITHIN_MS,
  text: `UPDATE rampart.lives SET expires_at = ${EXPIRY}
    WHERE life = $1 AND NOT is_over AND expires_at > clock_timestamp() RETURNING life`,
}

const END: Statement = {
  name: 'end-life',
  withinMs: WITHIN_MS,
  text: `UPDATE rampart.lives SET is_over = true, expires_at = least(expires_at, clock_timestamp())
    WHERE life = $1`,
}

const TAKE: Statement = {
  name: 'take-lease',
  withinMs: WITHIN_MS,
  text: 'SELECT rampart.take_lease_2($1, $2)',
}

const RELEASE: Statement = {
  name: 'release-lease',
  withinMs: WITHIN_MS,
  text: `UPDATE rampart.leases SET owner = NULL, life = NULL
    WHERE subject = $1 AND owner = $2 AND token = $3`,
}

const HELD = `FROM rampart.leases JOIN rampart.lives USING (life)
  WHERE NOT is_over AND expires_at > clock_timestamp()`

const HOLDER: Statement = {
  name: 'lease-holder',
  withinMs: WITHIN_MS,
  text: `SELECT leases.owner, token ${HELD} AND subject = $1`,
}

const HOLDERS: Statement = {
  name: 'lease-holders',
  withinMs: WITHIN_MS,
  text: `SELECT subject, leases.owner, token ${HELD}`,
}

/** Another one whenever somebody else holds something: a token is never given out twice for a subject. */
const MARK: Statement = {
  name: 'leases-mark',
  withinMs: WITHIN_MS,
  text: `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(subject, token)), 0) ${HELD}`,
}

/** The leases of one replica. */
export class PostgresLeases implements Leases {
  readonly lifetimeMs: number
  readonly #database: Database
  readonly #owner: string
  /** No life has this number. */
  #life = 0
  /** What was held when the database bore that mark. */
  #seen: { readonly mark: unknown; readonly held: readonly Lease[] } | undefined
  #isClosed = false

  constructor({ database, owner, lifetimeMs = 10_000 }: PostgresLeasesOptions) {
    this.#database = database
    this.#owner = owner
    this.lifetimeMs = lifetimeMs
  }

  async begin(): Promise<void> {
    const values = [this.#owner, this.lifetimeMs, this.#life]
    const [row] = await this.#query('begin to hold leases', BEGIN, values)
    this.#life = Number(row?.[0])
  }

  async renew(): Promise<boolean> {
    const rows = await this.#query('renew leases', RENEW, [this.#life, this.lifetimeMs])
    return rows.length > 0
  }

  async take(subject: string): Promise<Lease | undefined> {
    const [row] = await this.#query('take a lease', TAKE, [subject, this.#life])
    const token = row?.[0]
    if (typeof token !== 'number') return undefined
    return { subject, owner: this.#owner, token }
  }

  async release({ subject, owner, token }: Lease): Promise<void> {
    if (owner !== this.#owner) return
    await this.#query('release a lease', RELEASE, [subject, owner, token])
  }

  async end(): Promise<void> {
    await this.#query('give all leases back', END, [this.#life])
  }

  async holder(subject: string): Promise<Lease | undefined> {
    const [row] = await this.#query('look at a lease', HOLDER, [subject])
    return row && { subject, owner: String(row[0]), token: Number(row[1]) }
  }

  async holders(): Promise<readonly Lease[]> {
    const listing = 'list the leases'
    // Every replica asks every few seconds, and of a hundred thousand seldom one has changed hands.
    const [row] = await this.#query(listing, MARK, [])
    const mark = row?.[0]
    if (this.#seen !== undefined && this.#seen.mark === mark) return this.#seen.held
    const rows = await this.#query(listing, HOLDERS, [])
    const held = rows.map(([subject, owner, token]) => ({
      subject: String(subject),
      owner: String(owner),
      token: Number(token),
    }))
    this.#seen = { mark, held }
    return held
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #query(operation: string, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const deed = { code: 'store-unavailable', operation } as const
    if (!this.#isClosed) return this.#database.query(deed, statement, values)
    const hint = 'The leases are closed.'
    return Promise.reject(new Fault({ ...deed, subject: this.#owner, hint }))
  }
}
