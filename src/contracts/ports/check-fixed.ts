/** Whether fixed ports can be had: inside their range, one owner each, by a service it is for. */

import { printSpan } from '../../core/port/machine-facts.ts'
import { matchesWord } from '../../core/port/match-word.ts'
import type { Issue, Path } from '../document/issue.ts'
import { issueAt, type SourceDocument } from '../document/source-document.ts'
import type { CheckedRange } from './check-ranges.ts'
import { servicePortOf } from './definition.ts'
import { relatedTo } from './overlap.ts'

/** One number that belongs to one service's port. */
interface Assignment {
  readonly of: string
  readonly port: number
  readonly path: Path
  readonly from: CheckedRange
}

/** Everything that is wrong with fixed ports. */
export function checkFixed(
  document: SourceDocument,
  ranges: readonly CheckedRange[],
): readonly Issue[] {
  const all = ranges.flatMap((from) =>
    Object.entries(from.written.fixed ?? {}).map(
      ([of, port]): Assignment => ({ of, port, path: [...from.path, 'fixed', of], from }),
    ),
  )
  return all.flatMap((one, place) => [
    ...checkInside(document, one),
    ...checkService(document, one),
    ...checkTwice(document, one, all.slice(0, place)),
  ])
}

function checkInside(document: SourceDocument, { port, path, from }: Assignment): readonly Issue[] {
  const { range } = from
  if (range.first <= port && port <= range.last) return []
  const message = `${port} is not in ${printSpan(range)}, which are the ports of ${range.name}`
  return [issueAt(document, path, { code: 'contradiction', message })]
}

/** A range that is for others would never give it to the service it is fixed for. */
function checkService(document: SourceDocument, { of, path, from }: Assignment): readonly Issue[] {
  const { service: pattern } = from.range.for
  const { service } = servicePortOf(of)
  if (pattern === undefined || matchesWord(pattern, service)) return []
  const message = `${from.range.name} is for ${pattern}, so ${service} could never claim its port`
  return [issueAt(document, path, { code: 'contradiction', message }, 'key')]
}

function checkTwice(
  document: SourceDocument,
  one: Assignment,
  earlier: readonly Assignment[],
): readonly Issue[] {
  const complain = (message: string, other: Assignment, part: 'key' | 'value'): Issue => ({
    ...issueAt(document, one.path, { code: 'contradiction', message }, part),
    ...relatedTo(document, other.path, other.of),
  })
  const same = earlier.find(({ of }) => of === one.of)
  if (same !== undefined) {
    const message = `${one.of} has the port ${same.port} already, in ${same.from.range.name}`
    return [complain(message, same, 'key')]
  }
  const taken = earlier.find(
    ({ port, from }) => port === one.port && from.range.name === one.from.range.name,
  )
  if (taken === undefined) return []
  const message = `${one.port} is claimed twice: by ${taken.of} and by ${one.of}`
  return [complain(message, taken, 'value')]
}
