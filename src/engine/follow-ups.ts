/**
 * Follow-ups: opens what is to follow a ramp that has reached its goal, once, also after a crash. Opens
 * again what gave way to a ramp that could not be opened.
 */

import { isFault, isPassing } from '../core/fault/fault.ts'
import type { StreamSummary } from '../seams/ledger.ts'
import { pause } from '../seams/pause.ts'
import type { EngineEvents } from './events.ts'
import type { LocalRamps, NewRamp } from './local-ramps.ts'
import type { Right } from './ownership.ts'
import type { EngineParts } from './parts.ts'
import type { RampDirectory } from './ramp-directory.ts'
import { readRampId } from './ramp-id.ts'
import { loadState } from './snapshots.ts'
import { subjectOf } from './subject.ts'
import type { Subjects } from './subjects.ts'

/** The pause before a follow-up is tried again that the ledger did not take. @unit ms */
const AGAIN_MS = 500

/** Whatever has ended so long before the last entry was followed up by whoever ran then. @unit ms */
const SEEN_MS = 3_600_000

/** What follow-ups are opened with. */
export interface FollowUpsOptions {
  readonly parts: EngineParts
  readonly events: EngineEvents
  readonly local: LocalRamps
  readonly directory: RampDirectory
  readonly subjects: Subjects
  open(following: Omit<NewRamp, 'ramp'>, right: Right): Promise<unknown>
}

/** Follows ramps up, one after the other. */
export class FollowUps {
  readonly #options: FollowUpsOptions
  #queue: Promise<void> = Promise.resolve()
  /** What is being opened again: not in the queue, since whatever is to be done goes before. */
  readonly #again = new Map<string, Promise<void>>()
  /** Attempts at that, each short. */
  readonly #attempts = new Set<Promise<void>>()
  #isClosed = false

  constructor(options: FollowUpsOptions) {
    this.#options = options
  }

  /** Follows up a ramp that has ended, if anything is to follow it. */
  soon(ramp: string): void {
    this.#queue = this.#queue.then(() => this.#keepTrying(ramp, () => this.#followUp(ramp)))
  }

  /** Opens again what has given way to a ramp that could not be opened then. */
  again(gone: NewRamp): void {
    const { ramp } = gone
    const trying = this.#keepTrying(ramp, () => this.#attempt(gone))
    this.#again.set(
      ramp,
      trying.finally(() => this.#again.delete(ramp)),
    )
  }

  /** Resolves once whatever is to be followed up by now is, or is given up. */
  async settled(): Promise<void> {
    await this.#queue
    await Promise.allSettled(this.#attempts)
  }

  /** Leaves the rest to the next engine. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([this.#queue, ...this.#again.values()])
  }

  /** Tries until the ledger lets it. */
  async #keepTrying(ramp: string, attempt: () => Promise<void>): Promise<void> {
    const { clock } = this.#options.parts
    while (!this.#isClosed) {
      try {
        return await attempt()
      } catch (error) {
        if (isFault(error, 'engine-closed') || isFault(error, 'ramp-busy')) return
        const isOver = !isPassing(error) && !isFault(error, 'ledger-fenced')
        if (isOver) return this.#options.events.emit('loop.failed', { ramp, error })
      }
      await pause(clock, AGAIN_MS)
    }
  }

  async #followUp(ramp: string): Promise<void> {
    const { parts, local, subjects, open } = this.#options
    const settings = await parts.settings.load(ramp)
    if (settings?.next === undefined) return
    const { next: plan, ...rest } = settings
    const subject = subjectOf(plan)
    // Where another replica holds the subject, it was told the same by the ledger when it took it.
    await subjects.use(subject, async (right) => {
      const state = await loadState(parts.ledger, ramp)
      const isReached = state?.ended?.outcome === 'reached' && local.moving(subject) === undefined
      if (isReached && (await this.#isLatest(ramp, subject))) {
        await open({ plan, settings: rest, by: state.by }, right)
      }
      await parts.settings.keep(ramp, rest)
    })
  }

  async #attempt(gone: NewRamp): Promise<void> {
    const attempt = this.#openAgain(gone)
    this.#attempts.add(attempt)
    try {
      await attempt
    } finally {
      this.#attempts.delete(attempt)
    }
  }

  async #openAgain({ ramp, plan, settings, by }: NewRamp): Promise<void> {
    const { local, subjects, open } = this.#options
    const subject = subjectOf(plan)
    await subjects.use(subject, async (right) => {
      const isGone = local.moving(subject) === undefined
      if (isGone && (await this.#isLatest(ramp, subject))) await open({ plan, settings, by }, right)
    })
  }

  /** Whether no other ramp has moved a subject since: what follows then follows that one. */
  async #isLatest(ramp: string, subject: string): Promise<boolean> {
    const { directory } = this.#options
    const latest = await directory.latestOf([subject], await directory.list())
    return latest.get(subject)?.stream === ramp
  }
}

/**
 * The ramps that have ended and that something may still have to follow, the latest first: the last
 * ones of each name, and those that ended shortly before the ledger did. Looking at more would take
 * as long as reading the settings of every ramp there ever was.
 */
export function maybeUnfollowed(listing: readonly StreamSummary[]): readonly string[] {
  const sinceMs = listing.reduce((latest, { lastAtMs }) => Math.max(latest, lastAtMs), 0) - SEEN_MS
  const names = new Set<string>()
  return listing.toReversed().flatMap(({ stream, lastType, lastAtMs }) => {
    const name = readRampId(stream)?.name ?? stream
    const isLast = !names.has(name)
    names.add(name)
    return lastType === 'ramp.ended' && (isLast || lastAtMs >= sinceMs) ? [stream] : []
  })
}
