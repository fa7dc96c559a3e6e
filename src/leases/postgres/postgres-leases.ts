/**
 * Leases in PostgreSQL. Its clock alone decides what has expired, so replicas need not agree about the
 * time. A subject's row is never removed, since its token must grow for ever.
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

/** A lease that is not renewed in time is lost, so nobody waits for an answer for longer than that. */
const WITHIN_MS = 4000

/** `clock_timestamp()` and not `now()`: whoever waited for the row's lock has waited. */
const EXPIRY = "clock_timestamp() + $3 * interval '1 millisecond'"

const TAKE: Statement = {
  name: 'take-lease',
  withinMs: WITHIN_MS,
  text: `INSERT INTO rampart.leases AS held (subject, owner, token, expires_at)
    VALUES ($1, $2, 1, ${EXPIRY})
    ON CONFLICT (subject) DO UPDATE SET owner = excluded.owner, expires_at = ${EXPIRY},
      token = held.token + CASE WHEN held.owner = excluded.owner
        AND held.expires_at > clock_timestamp() THEN 0 ELSE 1 END
    WHERE held.owner IS NULL OR held.owner = excluded.owner
      OR held.expires_at <= clock_timestamp()
    RETURNING token`,
}

/** Locked in the order of subjects, as those who append do, so that nobody waits in a circle. */
const RENEW: Statement = {
  name: 'renew-leases',
  withinMs: WITHIN_MS,
  text: `WITH mine AS (
      SELECT held.subject FROM rampart.leases AS held
      JOIN unnest($1::text[], $2::bigint[]) AS given (subject, token)
        ON held.subject = given.subject AND held.token = given.token
      WHERE held.owner = $4 ORDER BY held.subject FOR UPDATE OF held)
    UPDATE rampart.leases AS held SET expires_at = ${EXPIRY}
    FROM mine WHERE held.subject = mine.subject AND held.owner = $4
    RETURNING held.subject, held.token`,
}

const RELEASE: Statement = {
  name: 'release-lease',
  withinMs: WITHIN_MS,
  text: `UPDATE rampart.leases SET owner = NULL, expires_at = clock_timestamp()
    WHERE subject = $1 AND owner = $2 AND token = $3`,
}

const HOLDER: Statement = {
  name: 'lease-holder',
  withinMs: WITHIN_MS,
  text: `SELECT owner, token FROM rampart.leases
    WHERE subject = $1 AND owner IS NOT NULL AND expires_at > clock_timestamp()`,
}

const HOLDERS: Statement = {
  name: 'lease-holders',
  withinMs: WITHIN_MS,
  text: `SELECT subject, owner, token FROM rampart.leases
    WHERE owner IS NOT NULL AND expires_at > clock_timestamp() ORDER BY subject`,
}

/** The leases of one replica. */
export class PostgresLeases implements Leases {
  readonly lifetimeMs: number
  readonly #database: Database
  readonly #owner: string
  #isClosed = false

  constructor({ database, owner, lifetimeMs = 10_000 }: PostgresLeasesOptions) {
    this.#database = database
    this.#owner = owner
    this.lifetimeMs = lifetimeMs
  }

  async take(subject: string): Promise<Lease | undefined> {
    const owner = this.#owner
    const [row] = await this.#query('take a lease', TAKE, [subject, owner, this.lifetimeMs])
    return row && { subject, owner, token: Number(row[0]) }
  }

  async renew(leases: readonly Lease[]): Promise<readonly Lease[]> {
    const owner = this.#owner
    const own = leases.filter((lease) => lease.owner === owner)
    const [subjects, tokens] = [own.map(({ subject }) => subject), own.map(({ token }) => token)]
    const values = [subjects, tokens, this.lifetimeMs, owner]
    const rows = await this.#query('renew leases', RENEW, values)
    const kept = new Set(rows.map(([subject]) => subject))
    return own.filter(({ subject }) => kept.has(subject))
  }

  async release({ subject, owner, token }: Lease): Promise<void> {
    await this.#query('release a lease', RELEASE, [subject, owner, token])
  }

  async holder(subject: string): Promise<Lease | undefined> {
    const [row] = await this.#query('look at a lease', HOLDER, [subject])
    return row && { subject, owner: String(row[0]), token: Number(row[1]) }
  }

  async holders(): Promise<readonly Lease[]> {
    const rows = await this.#query('list the leases', HOLDERS, [])
    return rows.map(([subject, owner, token]) => ({
      subject: String(subject),
      owner: String(owner),
      token: Number(token),
    }))
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
