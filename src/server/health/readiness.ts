/**
 * Whether this server is ready, by its own standards: what it needs is asked, not assumed. Each check
 * has a name, an answer and a sentence; none says anything secret.
 */
import { isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Ledger } from '../../seams/ledger.ts'
import type { Records } from '../../seams/records.ts'

/** How far the clock may be from the store's, and behind the last entry. @unit ms */
const SKEW_MOST_MS = 2_000

/** How long the checks may take in all. @unit ms */
const PATIENCE_MS = 3_000

/** One thing that must hold. */
export interface ReadinessCheck {
  readonly name: 'ledger' | 'store' | 'clock' | 'migrations'
  readonly passed: boolean
  readonly sentence: string
}

/** Whether the server is ready, and why not. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: readonly ReadinessCheck[]
}

/** What is asked. */
export interface ReadinessParts {
  readonly ledger: Pick<Ledger, 'checkHealth'>
  readonly records: Pick<Records, 'get'>
  readonly clock: Clock
  /** Absent: the schema is that of files which nobody but this process may open. */
  readonly schema?: (() => Promise<SchemaStanding>) | undefined
}

/** How the schema of a database stands to this program. */
export interface SchemaStanding {
  /** The last migration that was made; undefined: none was. */
  readonly number: number | undefined
  /** The oldest migration that a program may know and still use the schema. */
  readonly compatibleFrom: number
  /** The last migration that this program knows. */
  readonly known: number
}

/**
 * Asks for many at once: whoever asks while it is being found out is told the same. Anybody may ask, so
 * they must not take the connections that the ledger needs.
 */
export function readinessOf(parts: ReadinessParts): () => Promise<Readiness> {
  let asking: Promise<Readiness> | undefined
  return () => {
    asking ??= askReadiness(parts).finally(() => {
      asking = undefined
    })
    return asking
  }
}

/** Asks everything. */
export async function askReadiness(parts: ReadinessParts): Promise<Readiness> {
  const [ledger, store, migrations] = await Promise.all([
    inTime(parts.clock, askLedger(parts)),
    inTime(parts.clock, askStore(parts)),
    inTime(parts.clock, askSchema(parts)),
  ])
  const checks = [
    ...(ledger ?? [late('ledger')]),
    ...(store ?? [late('store')]),
    ...(migrations ?? [late('migrations')]),
  ]
  return { ready: checks.every(({ passed }) => passed), checks }
}

async function askLedger({ ledger, clock }: ReadinessParts): Promise<readonly ReadinessCheck[]> {
  try {
    const { storeMs, latestMs } = await ledger.checkHealth()
    const sentence = 'An append could be written now.'
    return [
      { name: 'ledger', passed: true, sentence },
      clockCheck(clock.nowMs(), storeMs, latestMs),
    ]
  } catch (error) {
    return [{ name: 'ledger', passed: false, sentence: sentenceOf(error) }]
  }
}

/** A clock that is far off would date entries wrongly, and let leases seem valid that are not. */
function clockCheck(
  nowMs: number,
  storeMs: number | undefined,
  latestMs: number | undefined,
): ReadinessCheck {
  const offMs = storeMs === undefined ? 0 : Math.abs(nowMs - storeMs)
  if (offMs > SKEW_MOST_MS) {
    const sentence = `The clock is ${Math.round(offMs)} ms away from the store's.`
    return { name: 'clock', passed: false, sentence }
  }
  const behindMs = latestMs === undefined ? 0 : latestMs - nowMs
  if (behindMs > SKEW_MOST_MS) {
    const sentence = `The clock is ${Math.round(behindMs)} ms behind the ledger's last entry.`
    return { name: 'clock', passed: false, sentence }
  }
  return { name: 'clock', passed: true, sentence: 'The clock agrees with the ledger.' }
}

async function askStore({ records }: ReadinessParts): Promise<readonly ReadinessCheck[]> {
  try {
    await records.get('readiness', 'asked')
    return [{ name: 'store', passed: true, sentence: 'The records can be read.' }]
  } catch (error) {
    return [{ name: 'store', passed: false, sentence: sentenceOf(error) }]
  }
}

async function askSchema({ schema }: ReadinessParts): Promise<readonly ReadinessCheck[]> {
  if (schema === undefined) return []
  try {
    return [assessSchema(await schema())]
  } catch (error) {
    return [{ name: 'migrations', passed: false, sentence: sentenceOf(error) }]
  }
}

/**
 * Whether this program may use a schema as it stands: the one that it knows, or one that a newer program
 * of a rolling upgrade has migrated without taking anything away.
 */
function assessSchema({ number, compatibleFrom, known }: SchemaStanding): ReadinessCheck {
  const judged = (passed: boolean, sentence: string): ReadinessCheck => ({
    name: 'migrations',
    passed,
    sentence,
  })
  if (number === undefined) return judged(false, 'The database has no schema of Rampart.')
  if (number === known) {
    return judged(true, `The schema is at ${number}, the newest that this program knows.`)
  }
  if (number < known) {
    const sentence = `The schema is at ${number}, but this program needs ${known}; start it anew.`
    return judged(false, sentence)
  }
  const newer = `The schema is at ${number}, migrated by a newer program; this one knows ${known}`
  return compatibleFrom <= known
    ? judged(true, `${newer}, and ${compatibleFrom} is enough.`)
    : judged(false, `${newer}, and at least ${compatibleFrom} is needed.`)
}

/** Undefined when it takes too long: a check that hangs must not look like one that passes. */
function inTime<Value>(clock: Clock, asking: Promise<Value>): Promise<Value | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = clock.wakeAt(clock.nowMs() + PATIENCE_MS, () => resolve(undefined))
  return Promise.race([asking, promise]).finally(() => timer.cancel())
}

function late(name: ReadinessCheck['name']): ReadinessCheck {
  return { name, passed: false, sentence: `It did not answer within ${PATIENCE_MS} ms.` }
}

/** Faults name files and hosts in their subject, not in their code: anybody may read the answer. */
function sentenceOf(error: unknown): string {
  if (isFault(error)) return `It answered ${error.code}; the log says more.`
  throw error
}
