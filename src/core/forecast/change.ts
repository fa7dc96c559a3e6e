/**
 * What-ifs: one change each, as somebody writes it. `a->b` reads as time goes: b waits for a.
 *
 * | written            | means                                                      |
 * | ------------------ | ---------------------------------------------------------- |
 * | `db 2x`            | its work takes twice as long; what holds, holds as long    |
 * | `db 500ms`         | it is ready half a second after its needs are met          |
 * | `db holdFor 0ms`   | its conditions hold for so long                            |
 * | `db->api started`  | api waits until db has come so far, whatever it did before |
 * | `without db->api`  | api does not wait for db                                   |
 * | `cores 2`          | so many stages are at work at a time                       |
 */
import { Fault } from '../fault/fault.ts'
import type { Until } from '../plan/plan.ts'
import { parseDurationMs, printDuration } from '../units/duration.ts'

/** One change to what is forecast. */
export type Change =
  | { readonly is: 'scale'; readonly stage: string; readonly permille: number }
  | { readonly is: 'takes'; readonly stage: string; readonly ms: number }
  | { readonly is: 'hold'; readonly stage: string; readonly holdMs: number }
  | ({ readonly is: 'until'; readonly until: Until } & Edge)
  | ({ readonly is: 'without' } & Edge)
  | { readonly is: 'cores'; readonly cores: number }

/** A dependent waits for what is needed. Both are stages, or groups. */
export interface Edge {
  readonly needed: string
  readonly dependent: string
}

const UNTILS: readonly Until[] = ['started', 'provisional', 'ready', 'completed']
const EDGE = /^(\S+?)\s*->\s*(\S+)$/
const EDGE_UNTIL = /^(\S+?)\s*->\s*(\S+)\s+(started|provisional|ready|completed)$/
const WITHOUT = /^without\s+(.+)$/
const CORES = /^cores\s+(\d{1,6})$/
const HOLD = /^(\S+)\s+holdFor\s+(\S+)$/
const SCALE = /^(\S+)\s+(\d{1,4})(?:\.(\d{1,3}))?x$/
const TAKES = /^(\S+)\s+(\d\S*)$/

/**
 * Reads a what-if.
 *
 * @throws forecast-malformed when it has none of the forms above
 * @throws unit-malformed when a duration has no unit
 */
export function parseChange(text: string): Change {
  const trimmed = text.trim()
  const without = WITHOUT.exec(trimmed)
  if (without !== null) return { is: 'without', ...parseEdge(without[1] ?? '') }
  const cores = CORES.exec(trimmed)
  if (cores !== null) return coresChange(text, Number(cores[1]))
  const edge = EDGE_UNTIL.exec(trimmed)
  if (edge !== null) {
    const [, needed = '', dependent = '', written] = edge
    const until = UNTILS.find((candidate) => candidate === written) ?? 'ready'
    return { is: 'until', needed, dependent, until }
  }
  const hold = HOLD.exec(trimmed)
  if (hold !== null) {
    return { is: 'hold', stage: hold[1] ?? '', holdMs: parseDurationMs(hold[2] ?? '') }
  }
  const scale = SCALE.exec(trimmed)
  if (scale !== null) {
    const [, stage = '', whole, fraction = ''] = scale
    return { is: 'scale', stage, permille: Number(whole) * 1_000 + Number(fraction.padEnd(3, '0')) }
  }
  const takes = TAKES.exec(trimmed)
  if (takes !== null) {
    return { is: 'takes', stage: takes[1] ?? '', ms: parseDurationMs(takes[2] ?? '') }
  }
  throw malformed(
    text,
    'a what-if is one of: db 2x, db 500ms, db holdFor 0ms, a->b started, cores 2',
  )
}

/**
 * Reads an edge such as `a->b`.
 *
 * @throws forecast-malformed
 */
export function parseEdge(text: string): Edge {
  const [, needed, dependent] = EDGE.exec(text.trim()) ?? []
  if (needed !== undefined && dependent !== undefined) return { needed, dependent }
  throw malformed(text, 'an edge is written a->b, where b waits for a')
}

function coresChange(text: string, cores: number): Change {
  if (cores > 0) return { is: 'cores', cores }
  throw malformed(text, 'with no core at all nothing would ever be ready')
}

/** Writes a change as {@link parseChange} reads it. */
export function printChange(change: Change): string {
  switch (change.is) {
    case 'scale':
      return `${change.stage} ${change.permille / 1_000}x`
    case 'takes':
      return `${change.stage} ${printDuration(change.ms)}`
    case 'hold':
      return `${change.stage} holdFor ${printDuration(change.holdMs)}`
    case 'until':
      return `${change.needed}->${change.dependent} ${change.until}`
    case 'without':
      return `without ${change.needed}->${change.dependent}`
    default:
      return `cores ${change.cores}`
  }
}

/** The stages or groups that a change names. */
export function namesIn(change: Change): readonly string[] {
  if ('stage' in change) return [change.stage]
  return 'needed' in change ? [change.needed, change.dependent] : []
}

function malformed(text: string, why: string): Fault {
  const hint = `"${text}" cannot be read: ${why}.`
  return new Fault({ code: 'forecast-malformed', operation: 'read what-if', subject: text, hint })
}
