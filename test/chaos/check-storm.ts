/**
 * Judges a storm from outside: by the database as it lies there, and by the marks that components have
 * left. It asks no replica anything, and trusts none.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../../src/core/entry/entry.ts'
import { replay } from '../../src/core/ramp/replay.ts'
import type { StoredEntry } from './observer.ts'

/** What came of the ramps. */
export interface RampsJudged {
  readonly ramps: number
  /** Acknowledged, and not in the ledger. */
  readonly lost: readonly string[]
  /** In the ledger, and not ended. */
  readonly unended: readonly string[]
  readonly disagreeing: readonly string[]
  readonly outcomes: Readonly<Record<string, number>>
  readonly starts: number
}

/** What came of the starts of components. */
export interface EffectsJudged {
  readonly begun: number
  readonly doubled: readonly string[]
}

/** The entries of each ramp, in order. */
export type Streams = ReadonlyMap<string, readonly Entry[]>

/** Sorts entries by ramp; whatever is not of a ramp is left out. */
export function streamsOf(stored: readonly StoredEntry[]): Streams {
  const streams = new Map<string, Entry[]>()
  for (const { stream, text } of stored) {
    const entry = JSON.parse(text) as Entry
    const entries = streams.get(stream)
    if (entries !== undefined) entries.push(entry)
    else if (entry.type === 'ramp.opened') streams.set(stream, [entry])
  }
  return streams
}

/** Judges the ramps. */
export function judgeRamps(streams: Streams, acknowledged: ReadonlySet<string>): RampsJudged {
  const outcomes: Record<string, number> = {}
  const unended: string[] = []
  const disagreeing: string[] = []
  for (const [ramp, entries] of streams) {
    const end = entries.at(-1)
    if (end?.type === 'ramp.ended') outcomes[end.outcome] = (outcomes[end.outcome] ?? 0) + 1
    else unended.push(ramp)
    if (!replay(entries).agrees) disagreeing.push(ramp)
  }
  const starts = [...startsOf(streams).values()].reduce((sum, count) => sum + count, 0)
  const lost = [...acknowledged].filter((ramp) => !streams.has(ramp))
  return { ramps: streams.size, lost, unended, disagreeing, outcomes, starts }
}

/**
 * Judges the marks: a component was never there twice at once, no start began twice, and none began
 * that was not in the ledger.
 */
export function judgeEffects(folder: string, streams: Streams): EffectsJudged {
  const lines = readFileSync(join(folder, 'effects'), 'utf8').split('\n')
  const doubled = lines.filter((line) => line.startsWith('doubled'))
  const began = lines.filter((line) => line.startsWith('began'))
  const seen = new Set<string>()
  const byComponent = new Map<string, number>()
  for (const line of began) {
    const [, component = ''] = line.split(' ')
    if (seen.has(line)) doubled.push(`twice: ${line}`)
    seen.add(line)
    byComponent.set(component, (byComponent.get(component) ?? 0) + 1)
  }
  const starts = startsOf(streams)
  for (const [component, count] of byComponent) {
    const issued = starts.get(component) ?? 0
    if (count > issued) doubled.push(`${component}: ${count} begun, ${issued} issued`)
  }
  return { begun: began.length, doubled }
}

/** How many starts of each component were issued: `shop.web`. */
function startsOf(streams: Streams): ReadonlyMap<string, number> {
  const starts = new Map<string, number>()
  for (const [, entries] of streams) {
    const [opening] = entries
    if (opening?.type !== 'ramp.opened' || opening.plan.goal !== 'up') continue
    for (const entry of entries) {
      if (entry.type !== 'command.issued' || entry.purpose !== 'do') continue
      const component = `${opening.plan.contract.name}.${entry.stage}`
      starts.set(component, (starts.get(component) ?? 0) + 1)
    }
  }
  return starts
}
