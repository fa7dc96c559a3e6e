/**
 * Finds ramps in the ledger by what they move. Nothing but the id of a ramp is known without reading
 * it; the id begins with the contract's name, so that only the first entry of a few is ever read.
 */
import type { Entry, NotedEntry } from '../core/entry/entry.ts'
import type { Ledger, StreamSummary } from '../seams/ledger.ts'
import { subjectOf } from './subject.ts'

/** The types of entries that streams outside of ramps consist of. */
const NOTED: ReadonlySet<Entry['type']> = new Set<NotedEntry['type']>([
  'contract.amended',
  'access.changed',
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
    const sought = new Set(subjects)
    const names = new Set([...sought].map(nameIn))
    const latest = new Map<string, StreamSummary>()
    for (const summary of listing.toReversed()) {
      if (latest.size === sought.size) break
      if (!isNamed(summary.stream, names)) continue
      const subject = await this.subjectOf(summary.stream)
      if (subject === undefined || !sought.has(subject) || latest.has(subject)) continue
      latest.set(subject, summary)
    }
    return latest
  }

  /** The unfinished ramps of a subject. */
  async unfinishedOf(
    subject: string,
    listing: readonly StreamSummary[],
  ): Promise<readonly string[]> {
    const names = new Set([nameIn(subject)])
    const found: string[] = []
    for (const { stream, lastType } of listing) {
      if (lastType === 'ramp.ended' || !isNamed(stream, names)) continue
      if ((await this.subjectOf(stream)) === subject) found.push(stream)
    }
    return found
  }
}

function nameIn(subject: string): string {
  return subject.slice(subject.indexOf('/') + 1)
}

/** Whether the id of a ramp begins with one of these names, as far as that can be told. */
function isNamed(ramp: string, names: ReadonlySet<string>): boolean {
  for (let dash = ramp.indexOf('-'); dash > 0; dash = ramp.indexOf('-', dash + 1)) {
    if (names.has(ramp.slice(0, dash))) return true
  }
  return false
}
