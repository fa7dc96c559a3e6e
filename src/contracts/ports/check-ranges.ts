/** Whether the ranges of a contract can be what they say, each by itself and side by side. */
import { BROWSER_BLOCKED } from '../../core/port/browser-blocked.ts'
import {
  commonSpan,
  type PortSystem,
  PRIVILEGED_BELOW,
  printSpan,
  spanWithout,
  USUAL_EPHEMERAL,
  USUAL_OCCUPANTS,
} from '../../core/port/machine-facts.ts'
import { listWords } from '../document/describe-value.ts'
import type { Issue, Path } from '../document/issue.ts'
import { issueAt, type SourceDocument } from '../document/source-document.ts'
import { checkFixed } from './check-fixed.ts'
import { type DefinedRange, rangeOf, SYSTEMS } from './definition.ts'
import { overlapOf, relatedTo } from './overlap.ts'
import type { WrittenPorts } from './written.ts'
import type { WrittenRange } from './written-range.ts'

/** A range, as it is written and as it is understood. */
export interface CheckedRange {
  readonly path: Path
  readonly written: WrittenRange
  readonly range: DefinedRange
}

/** Says that something at a key of a range contradicts itself. */
export type Say = (at: Path, message: string) => void

/** Everything that is wrong with the ranges of a contract. */
export function checkRanges(document: SourceDocument, { spec }: WrittenPorts): readonly Issue[] {
  const { systems = SYSTEMS } = spec
  const ranges = Object.entries(spec.ranges).map(
    ([name, written]): CheckedRange => ({
      path: ['spec', 'ranges', name],
      written,
      range: rangeOf(name, written, 0),
    }),
  )
  const issues = ranges.flatMap((one) => {
    const found: Issue[] = []
    const say: Say = (at, message) => {
      found.push(issueAt(document, [...one.path, ...at], { code: 'contradiction', message }))
    }
    checkEphemeral(one, systems, say)
    checkOccupants(one, systems, say)
    checkBrowsers(one, say)
    checkPrivileged(one, say)
    checkQuotas(one, say)
    return found
  })
  return [...issues, ...checkFixed(document, ranges), ...checkOverlaps(document, ranges)]
}

/** What each system gives to outgoing connections. */
function checkEphemeral(
  { range, written }: CheckedRange,
  systems: readonly PortSystem[],
  say: Say,
): void {
  for (const [span, found] of ephemeralOf(range, written.ephemeral === 'kept' ? [] : systems)) {
    const rest = spanWithout(range, [span]).map(printSpan)
    const instead =
      rest.length === 0 ? 'choose ports below it' : `what is left is ${listWords(rest, 'and')}`
    say(
      ['ports'],
      `${printSpan(range)} overlaps ${printSpan(span)}, from which ${listWords(found, 'and')} ` +
        `takes ports for outgoing connections, so that one of them may take a port that is leased; ` +
        `${instead}, or say \`ephemeral: kept\` if the machines keep them free`,
    )
  }
}

/** What programs of each system usually have. */
function checkOccupants({ range }: CheckedRange, systems: readonly PortSystem[], say: Say): void {
  if (range.protocol === 'udp') return
  for (const system of systems) {
    for (const [port, who] of Object.entries(USUAL_OCCUPANTS[system])) {
      if (!contains(range, Number(port))) continue
      const elsewhere = systems.filter((one) => one !== system)
      const systemsLeft =
        elsewhere.length === 0 ? '' : `, or say \`systems: [${elsewhere.join(', ')}]\``
      say(
        ['ports'],
        `${printSpan(range)} has ${port}, which on ${system} is taken by ${who}; ` +
          `${splitText(range, [Number(port)])}${systemsLeft}`,
      )
    }
  }
}

/** Systems with the same span are told together. */
function ephemeralOf(
  range: DefinedRange,
  systems: readonly PortSystem[],
): readonly (readonly [{ readonly first: number; readonly last: number }, readonly string[]])[] {
  const bySpan = Map.groupBy(
    systems.filter((system) => commonSpan(range, USUAL_EPHEMERAL[system]) !== undefined),
    (system) => USUAL_EPHEMERAL[system].first,
  )
  return [...bySpan.values()].flatMap((same) =>
    same[0] === undefined ? [] : [[USUAL_EPHEMERAL[same[0]], same] as const],
  )
}

function checkBrowsers({ range }: CheckedRange, say: Say): void {
  if (!range.isHttp) return
  const blocked = BROWSER_BLOCKED.filter((port) => contains(range, port))
  if (blocked.length === 0) return
  const which =
    blocked.length === 1 ? `port ${blocked[0]}` : `ports ${listWords(blocked.map(String), 'and')}`
  say(
    ['ports'],
    `${printSpan(range)} has ${which}, which browsers refuse to connect to; ` +
      `${splitText(range, blocked)}, or say \`protocol: tcp\` if no browser connects`,
  )
}

function checkPrivileged({ range, written }: CheckedRange, say: Say): void {
  const isBelow = range.first < PRIVILEGED_BELOW
  if (isBelow && written.privileged !== true) {
    say(
      ['ports'],
      `${printSpan(range)} begins below ${PRIVILEGED_BELOW}, where only root may listen; ` +
        'choose others, or say `privileged: true`',
    )
  }
  if (!isBelow && written.privileged === true) {
    say(
      ['privileged'],
      `${printSpan(range)} is above ${PRIVILEGED_BELOW - 1}; leave \`privileged\` out`,
    )
  }
}

function checkQuotas({ range, written }: CheckedRange, say: Say): void {
  const size = range.last - range.first + 1
  for (const key of ['perTenant', 'perService'] as const) {
    const quota = written[key]
    if (quota === undefined || quota <= size) continue
    const ports = size === 1 ? '1 port' : `${size} ports`
    say([key], `${quota} each cannot be had of a range of ${ports}`)
  }
}

function checkOverlaps(
  document: SourceDocument,
  ranges: readonly CheckedRange[],
): readonly Issue[] {
  return ranges.flatMap((one, place) =>
    ranges.slice(0, place).flatMap((other) => {
      const overlap = overlapOf(other.range, one.range)
      if (overlap === undefined) return []
      const message = `${one.range.name} and ${other.range.name} both have ${overlap}; a port belongs to one range`
      const at = [...one.path, 'ports']
      const issue = issueAt(document, at, { code: 'contradiction', message })
      return [{ ...issue, ...relatedTo(document, [...other.path, 'ports'], other.range.name) }]
    }),
  )
}

function contains({ first, last }: DefinedRange, port: number): boolean {
  return first <= port && port <= last
}

/** What to write so that some ports are left out. */
function splitText(range: DefinedRange, without: readonly number[]): string {
  const rest = spanWithout(
    range,
    without.map((port) => ({ first: port, last: port })),
  ).map(printSpan)
  if (rest.length === 0) return 'choose another'
  const few = rest.length > 3 ? [...rest.slice(0, 3), '…'] : rest
  return rest.length === 1 ? `leave it out: ${rest[0]}` : `split it into ${few.join(', ')}`
}
