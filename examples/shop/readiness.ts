/**
 * Whether the API can really serve: asks the database, the job queue and the cache, each for real
 * and all at once, and never takes longer than about half a second. Safe to ask at any rate: there
 * is at most one test job at a time, and a good answer of the queue serves for half a second.
 */
import type { Pool } from 'pg'
import type { PgBoss } from 'pg-boss'
import type { Warmth } from './cache.ts'
import { newestVersion } from './migrations.ts'
import { askCanary, type CanaryResult } from './queue.ts'

/** How long one part may take to answer. */
const PART_WITHIN_MS = 1_000
/** How long a good answer of the queue serves. */
const CANARY_SERVES_MS = 500

/** A part that could not be asked, or gave a bad answer. */
interface NotOk {
  readonly ok: false
  readonly reason: string
}

/** What `GET /ready` says. */
export interface Readiness {
  /** Which build answers. */
  readonly release: string
  readonly db: { readonly ok: boolean; readonly migrationHead: string } | NotOk
  readonly queue: CanaryResult
  readonly cache: { readonly ok: boolean; readonly products: number } | NotOk
}

/** What the API stands on. */
export interface Dependencies {
  readonly release: string
  /** The region's own database, to read from. */
  readonly pool: Pool
  /** The database that takes orders; in the primary region the same. */
  readonly primary: Pool
  readonly boss: PgBoss
  readonly cacheUrl: string
}

/** Gives the function that asks all parts. */
export function readinessOf({
  release,
  pool,
  boss,
  cacheUrl,
}: Dependencies): () => Promise<Readiness> {
  const askQueue = shared(() => askCanary(boss, PART_WITHIN_MS))
  return async () => {
    const [db, queue, cache] = await Promise.all([
      bounded(askDatabase(pool)),
      bounded(askQueue()),
      bounded(askCache(cacheUrl)),
    ])
    return { release, db, queue, cache }
  }
}

/** Whether every part is fine. */
export function isReady({ db, queue, cache }: Readiness): boolean {
  return db.ok && queue.ok && cache.ok
}

async function askDatabase(pool: Pool): Promise<Readiness['db']> {
  const { rows } = await pool.query<{ version: string }>(
    'select version from schema_migrations order by version desc limit 1',
  )
  const migrationHead = rows[0]?.version ?? 'none'
  return { ok: migrationHead === newestVersion(), migrationHead }
}

async function askCache(cacheUrl: string): Promise<Readiness['cache']> {
  const signal = AbortSignal.timeout(PART_WITHIN_MS)
  const response = await fetch(`${cacheUrl}/warm`, { signal })
  const { ok, warmed } = (await response.json()) as Warmth
  return { ok, products: warmed }
}

/** One asking serves all who ask meanwhile, and a good answer also those who ask soon after. */
function shared(ask: () => Promise<CanaryResult>): () => Promise<CanaryResult> {
  let latest: Promise<CanaryResult> | undefined
  let freshUntilMs = 0
  return () => {
    if (latest !== undefined && performance.now() < freshUntilMs) return latest
    freshUntilMs = Number.POSITIVE_INFINITY
    latest = ask()
    latest.then(
      ({ ok }) => {
        freshUntilMs = ok ? performance.now() + CANARY_SERVES_MS : 0
      },
      () => {
        freshUntilMs = 0
      },
    )
    return latest
  }
}

/** The answer, or why there was none in time. */
async function bounded<Answer>(asking: Promise<Answer>): Promise<Answer | NotOk> {
  const late = Promise.withResolvers<NotOk>()
  const reason = `no answer within ${PART_WITHIN_MS} ms`
  const timer = setTimeout(() => late.resolve({ ok: false, reason }), PART_WITHIN_MS + 50)
  try {
    return await Promise.race([asking, late.promise])
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}
