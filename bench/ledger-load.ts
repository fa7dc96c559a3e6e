/** The load of the ledger's benches: what ramps append, so many at once, again and again. */
import type { Entry } from '../src/core/entry/entry.ts'
import type { Ledger } from '../src/seams/ledger.ts'

/** One shape of load: so many ramps append so many entries each, at once, again and again. */
export interface Load {
  readonly ramps: number
  readonly entriesEach: number
  readonly commits: number
}

/** The entries of one stage's life, over and over: what a real ledger is made of. */
export function entryAt(index: number): Entry {
  const atMs = 1_760_000_000_000 + index
  const stage = `shop/api-${index % 7}`
  const condition = 'http-ready'
  const url = `http://127.0.0.1:${41_000 + (index % 999)}/ready`
  const answer = {
    verdict: 'inconclusive' as const,
    reason: 'status-differs',
    sentence: 'GET /ready answered 503 instead of 200; the pool is still warming up.',
    evidence: { status: 503, latencyMs: 3, url },
    terminal: false,
    atMs,
  }
  const entries = [
    { type: 'stage.gated', stage, incarnation: 1, atMs },
    { type: 'stage.entered', stage, incarnation: 1, atMs },
    { type: 'command.issued', command: `shop/${stage}/1`, stage, purpose: 'do', fence: 1, atMs },
    { type: 'condition.answered', stage, condition, incarnation: 1, attempt: 1, answer, atMs },
    { type: 'condition.answered', stage, condition, incarnation: 1, attempt: 2, answer, atMs },
    { type: 'condition.met', stage, condition, incarnation: 1, atMs },
    { type: 'stage.provisional', stage, atMs },
    { type: 'stage.ready', stage, atMs },
  ]
  return entries[index % entries.length] as unknown as Entry
}

/** What one ramp appends in one commit. */
export function entriesOf(load: Load, commit: number, ramp: number): Entry[] {
  const first = (commit * load.ramps + ramp) * load.entriesEach
  return Array.from({ length: load.entriesEach }, (_, index) => entryAt(first + index))
}

/** Runs a load. @returns how long it took. @unit ms */
export async function appendToLedger(ledger: Ledger, load: Load): Promise<number> {
  const started = performance.now()
  for (let commit = 0; commit < load.commits; commit += 1) {
    const appends = Array.from({ length: load.ramps }, (_, ramp) =>
      ledger.append({
        stream: `shop-up-${ramp}`,
        after: commit * load.entriesEach,
        entries: entriesOf(load, commit, ramp),
      }),
    )
    await Promise.all(appends)
  }
  return performance.now() - started
}

/** The middle one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** To hundredths. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
