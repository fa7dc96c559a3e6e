/** Checks the ledger as a whole: it only grows, and what was decided follows from what was heard. */
import type { Entry } from '../../../src/core/entry/entry.ts'
import { fold } from '../../../src/core/ramp/fold.ts'
import { replay } from '../../../src/core/ramp/replay.ts'
import { printCanonicalJson } from '../../../src/core/units/json.ts'
import type { Recorded } from '../../../src/seams/ledger.ts'
import { StreamChecker } from './stream-checker.ts'

/** Watches the ledger while it grows. */
export class GrowthChecker {
  readonly violations: string[] = []
  #seen: readonly Recorded[] = []

  /** Compares the ledger with what it was. */
  look(all: readonly Recorded[]): void {
    for (let place = 0; place < this.#seen.length; place++) {
      if (all[place] !== this.#seen[place]) {
        this.violations.push(`entry ${place + 1} was altered or removed`)
        break
      }
    }
    this.#seen = [...all]
  }
}

/** What must never be in the ledger, stream by stream. */
export function checkLedger(
  all: readonly Recorded[],
  options: { readonly secret: string; readonly replays: boolean },
): readonly string[] {
  const violations: string[] = []
  const streams = new Map<string, Entry[]>()
  all.forEach((recorded, place) => {
    const entries = streams.get(recorded.stream) ?? []
    streams.set(recorded.stream, entries)
    entries.push(recorded.entry)
    if (recorded.position !== place + 1) violations.push(`position ${place + 1} is out of place`)
    if (recorded.sequence !== entries.length) violations.push(`${recorded.stream} has a gap`)
  })
  const written = JSON.stringify(all.map((recorded) => recorded.entry))
  const forms = [options.secret, JSON.stringify(options.secret).slice(1, -1)]
  if ([...forms, encodeURIComponent(options.secret)].some((form) => written.includes(form))) {
    violations.push('a secret is in the ledger')
  }
  for (const [stream, entries] of streams) {
    for (const found of checkStream(entries, options)) violations.push(`${stream}: ${found}`)
  }
  return violations
}

function checkStream(
  entries: readonly Entry[],
  options: { readonly replays: boolean },
): readonly string[] {
  const violations = [...new StreamChecker(entries).violations]
  if (!options.replays) return violations
  const replayed = replay(entries)
  if (!replayed.agrees) {
    const { sequence, expected, found } = replayed
    violations.push(
      `entry ${sequence} is ${printCanonicalJson(found ?? null)}, ` +
        `but ${printCanonicalJson(expected ?? null)} follows`,
    )
  }
  const half = entries.length >> 1
  const whole = fold(entries)
  const onto = fold(entries.slice(half), fold(entries.slice(0, half)))
  if (JSON.stringify(whole) !== JSON.stringify(onto))
    violations.push('folding in two parts differs')
  return violations
}
