/**
 * Finds ramps in the ledger by what they move. Nothing but the id of a ramp is known without reading
 * it; the id begins with the contract's name, so that only the first entry of a few is ever read.
 */
import { CONTRACT_TYPES } from '../core/entry/contract-entry.ts'
import type { NotedEntry } from '../core/entry/entry.ts'
import { PORT_ENTRY_TYPES } from '../core/port/port-entries.ts'
import type { Ledger, StreamSummary } from '../seams/ledger.ts'
import { subjectOf } from './subject.ts'

/** The types of entries that streams outside of ramps consist of. */
const NOTED: ReadonlySet<string> = new Set<NotedEntry['type']>([
  ...CONTRACT_TYPES,
  'access.changed',
  ...PORT_ENTRY_TYPES,
])

/** Whether a stream is that of a ramp. */
export function isRampStream({ lastType }: Pick<StreamSummary, 'lastType'>): boolean {
  return !NOTED.has(lastType)
}

/** Knows what ramps move, once they were looked at. */
export class RampDirectory {
  readonly #ledger: Ledger
  readonly #subjects = new Map<string, string>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** Every ramp, oldest first. */
  async list(): Promise<readonly StreamSummary[]> {
    return (await this.#ledger.streams()).filter(isRampStream)
  }

  /** What a ramp moves, if that was ever looked up. */
  knownSubjectOf(ramp: string): string | undefined {
    return this.#subjects.get(ramp)
  }

  /** What a ramp moves; undefined when there is no such ramp. It never changes. */
  async subjectOf(ramp: string): Promise<string | undefined> {
    const known = this.#subjects.get(ramp)
    if (known !== undefined) return known
    for await (const { entry } of this.#ledger.read(ramp)) {
      if (entry.type !== 'ramp.opened') return undefined
      const subject = subjectOf(entry.plan)
      this.#subjects.set(ramp, subject)
      return subject
    }
    return undefined
  }

  /** The latest ramp of each of these subjects. */
  async latestOf(
    subjects: Iterable<string>,
    listing: readonly StreamSummary[],
  ): Promise<ReadonlyMap<string, StreamSummary>> {
    const latest = new Map<string, StreamSummary>()
    for (const [subject, found] of await this.find(subjects, listing)) {
      if (found.latest !== undefined) latest.set(subject, found.latest)
    }
    return latest
  }

  /** What there is of each of these subjects, in one walk through the listing. */
  async find(
    subjects: Iterable<string>,
    listing: readonly StreamSummary[],
  ): Promise<ReadonlyMap<string, FoundRamps>> {
    const found = new Map<string, Finding>()
    const byName = new Map<string, Finding[]>()
    for (const subject of subjects) {
      const finding: Finding = { unfinished: [] }
      found.set(subject, finding)
      const name = nameIn(subject)
      byName.set(name, [...(byName.get(name) ?? []), finding])
    }
    for (let place = listing.length - 1; place >= 0; place--) {
      const summary = listing[place]
      if (summary === undefined || !isSought(summary, byName)) continue
      const { stream } = summary
      const subject = this.knownSubjectOf(stream) ?? (await this.subjectOf(stream))
      const finding = found.get(subject ?? '')
      if (finding === undefined) continue
      finding.latest ??= summary
      if (summary.lastType !== 'ramp.ended') finding.unfinished.unshift(stream)
    }
    return found
  }
}

/** The ramps of one subject. */
export interface FoundRamps {
  /** Oldest first. */
  readonly unfinished: readonly string[]
  readonly latest?: StreamSummary
}

interface Finding {
  readonly unfinished: string[]
  latest?: StreamSummary
}

function nameIn(subject: string): string {
  return subject.slice(subject.indexOf('/') + 1)
}

/** Whether a ramp may tell something new of a subject whose name its id begins with. */
function isSought(
  { stream, lastType }: StreamSummary,
  byName: ReadonlyMap<string, readonly Finding[]>,
): boolean {
  for (let dash = stream.indexOf('-'); dash > 0; dash = stream.indexOf('-', dash + 1)) {
    const findings = byName.get(stream.slice(0, dash))
    if (findings === undefined) continue
    if (lastType !== 'ramp.ended' || findings.some((one) => one.latest === undefined)) return true
  }
  return false
}
