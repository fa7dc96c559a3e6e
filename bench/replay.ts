/** How long does it take to read a million entries back, prove every hash and fold every ramp? */

import { SystemClock } from '../src/clock/system-clock.ts'
import type { Entry } from '../src/core/entry/entry.ts'
import { assert } from '../src/core/fault/assert.ts'
import { fold } from '../src/core/ramp/fold.ts'
import type { RampState } from '../src/core/ramp/state.ts'
import { openSqliteLedger, type SqliteLedger } from '../src/ledger/sqlite/sqlite-ledger.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'
import { median } from './measure/statistics.ts'
import { withFolder } from './measure/temporary-folder.ts'
import { longRamp, ordinaryRamp } from './replay-entries.ts'

const TARGET_MS = 5_000

/** The part of the entries that belong to one long ramp. */
const LONG_SHARE = 0.1

/** Ramps that are under way at once, so that their entries alternate as they do in a daemon. */
const AT_ONCE = 4

/** The bench. */
export const replayBench: Bench = { name: 'replay', run: measure }

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  const count = isQuick ? 20_000 : 1_000_000
  return withFolder(async (folder) => {
    const ledger = openSqliteLedger({ folder, clock: new SystemClock() })
    const fillMs = await timed(() => fill(ledger, count))
    progress(`replay: filled in ${figure(fillMs / 1_000)} s`)
    const steps = [
      { what: 'read, verify, parse', run: () => readOnly(ledger) },
      { what: 'read, verify, parse, fold', run: () => readAndFold(ledger) },
    ].map((step) => ({ ...step, tookMs: [] as number[] }))
    for (let trial = 0; trial < (isQuick ? 1 : 5); trial += 1) {
      for (const step of steps) step.tookMs.push(await timed(step.run))
      progress(`replay: ${steps.map(({ tookMs }) => figure(tookMs.at(-1) ?? 0)).join(', ')} ms`)
    }
    await ledger.close()
    const wholeMs = median(steps[1]?.tookMs ?? [])
    return {
      title: 'Replay of a long ledger',
      method: [
        `${count} entries made by the heart and appended by the ledger's own API: ramps of 14`,
        `components (${ordinaryRamp(0).length} entries each, ${AT_ONCE} at once) and one ramp that holds`,
        `${LONG_SHARE * 100} % of all. Every hash is proved, every entry parsed and folded into its ramp's state.`,
      ].join('\n'),
      columns: ['what', 'trials', 'p50, ms', 'µs an entry'],
      rows: steps.map(({ what, tookMs }) => {
        const p50 = median(tookMs)
        return [what, String(tookMs.length), figure(p50), figure((p50 * 1_000) / count)]
      }),
      findings: [
        {
          what: 'a million entries',
          unit: 'ms',
          bound: 'atMost',
          target: TARGET_MS,
          measured: (wholeMs * 1_000_000) / count,
        },
      ],
      notes: [`Making and appending them took ${figure(fillMs / 1_000)} s.`],
    }
  })
}

async function timed(run: () => Promise<void>): Promise<number> {
  const beganMs = performance.now()
  await run()
  return performance.now() - beganMs
}

async function fill(ledger: SqliteLedger, count: number): Promise<void> {
  const long = longRamp('watched-up-1', count * LONG_SHARE)
  let left = count - long.length
  let position = 0
  for (let ramp = 0; left > 0; ramp += AT_ONCE) {
    const ramps = Array.from({ length: AT_ONCE }, (_, place) => ordinaryRamp(ramp + place))
    const share = Math.ceil(
      (long.length * AT_ONCE * (ramps[0]?.length ?? 1)) / (count - long.length),
    )
    const streams = [
      ...ramps.map(streamOf),
      { stream: 'watched-up-1', at: position, entries: long.slice(position, position + share) },
    ]
    position += share
    for (let at = 0; streams.some(({ entries }) => at < entries.length); at += 8) {
      await Promise.all(
        streams.map(({ stream, at: first, entries }) => {
          const batch = entries.slice(at, at + 8)
          if (batch.length === 0) return undefined
          return ledger.append({ stream, after: first + at, entries: batch })
        }),
      )
    }
    left -= ramps.reduce((sum, entries) => sum + entries.length, 0)
  }
}

function streamOf(entries: readonly Entry[]): {
  readonly stream: string
  readonly at: number
  readonly entries: readonly Entry[]
} {
  const [opened] = entries
  assert(opened?.type === 'ramp.opened', 'a ramp begins with its opening')
  return { stream: opened.ramp, at: 0, entries }
}

async function readOnly(ledger: SqliteLedger): Promise<void> {
  let entries = 0
  for await (const page of ledger.readPages()) entries += page.length
  assert(entries > 0, 'there is something to read')
}

/** Folds each page's runs of one stream together, as they come. */
async function readAndFold(ledger: SqliteLedger): Promise<void> {
  const states = new Map<string, RampState>()
  for await (const page of ledger.readPages()) {
    const byStream = Map.groupBy(page, ({ stream }) => stream)
    for (const [stream, recorded] of byStream) {
      const state = fold(
        recorded.map(({ entry }) => entry),
        states.get(stream),
      )
      assert(state !== undefined, 'a stream begins with its opening')
      states.set(stream, state)
    }
  }
}
