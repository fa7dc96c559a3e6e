/**
 * Looks for subjects that nobody moves although something is unfinished there, and takes some of them:
 * their owner has died or let go of them. Every replica looks, at times of its own, and takes its fair
 * share of all there is, so that each of them gets some.
 */
import { isPassing } from '../core/fault/fault.ts'
import type { Timer } from '../seams/clock.ts'
import type { Leases } from '../seams/leases.ts'
import { eachAtOnce } from './each-at-once.ts'
import type { EngineEvents } from './events.ts'
import { maybeUnfollowed } from './follow-ups.ts'
import type { LocalRamps } from './local-ramps.ts'
import type { EngineParts } from './parts.ts'
import type { RampDirectory } from './ramp-directory.ts'
import { subjectOf } from './subject.ts'
import { isPresence, type Subjects } from './subjects.ts'

/** A look takes no more than so many. */
const TAKEN_MOST = 512
/** The pause after a look that left some of its share. @unit ms */
const BUSY_PAUSE_MS = 150
/** So many ramps are looked up at once. */
const READ_AT_ONCE = 32

/** What is looked with. */
export interface VacanciesOptions {
  readonly parts: EngineParts
  readonly leases: Leases
  readonly directory: RampDirectory
  readonly subjects: Subjects
  readonly local: LocalRamps
  readonly events: EngineEvents
  /** Called when a look fails by a bug. */
  onTrouble(error: unknown): void
}

/** Looks again and again. */
export class Vacancies {
  readonly #options: VacanciesOptions
  /** Ramps of others, or of nobody, that may be unfinished. */
  readonly #unfinished = new Set<string>()
  /** Ramps that have ended and that something may still have to follow. */
  readonly #unfollowed = new Set<string>()
  readonly #unwatch: readonly (() => void)[]
  /** Whether ramps may be missing from what is known. */
  #isStale = true
  #hasListed = false
  #isBusy = false
  /** How many were left to others by the last look. */
  #left = 0
  /** How many replicas there are, this one among them, and how much the others hold. */
  #others = { replicas: 1, subjects: 0 }
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: VacanciesOptions) {
    this.#options = options
    const { parts, local, events } = options
    this.#unwatch = [
      parts.ledger.onAppended((stream) => {
        if (stream === undefined) this.#isStale = true
        else if (local.loop(stream) === undefined) this.#unfinished.add(stream)
      }),
      events.on('ownership.lost', ({ ramps }) => {
        for (const ramp of ramps) this.#unfinished.add(ramp)
      }),
    ]
  }

  /** Looks once, and from then on by itself. */
  async start(): Promise<void> {
    await this.#look()
  }

  /** Looks no more. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const unwatch of this.#unwatch) unwatch()
    this.#timer?.cancel()
    await this.#looking
  }

  #look(): Promise<void> {
    this.#looking = this.#lookAndTake()
      .catch((error: unknown) => {
        // A store that is out of order is looked at again.
        if (!isPassing(error)) this.#options.onTrouble(error)
        return false
      })
      .then((isBusy) => this.#schedule(isBusy))
    return this.#looking
  }

  #schedule(isBusy: boolean): void {
    if (this.#isClosed) return
    const { leases, parts } = this.#options
    const { clock, random } = parts
    const pauseMs = isBusy ? BUSY_PAUSE_MS : leases.lifetimeMs / 3
    // Replicas that were started together must not look together for ever.
    const jitteredMs = Math.round(pauseMs / 2) + random.integer(Math.ceil(pauseMs) + 1)
    this.#timer = clock.wakeAt(clock.nowMs() + jitteredMs, () => void this.#look())
  }

  /** Takes some of what is vacant; whether there was anything. */
  async #lookAndTake(): Promise<boolean> {
    await this.#options.subjects.appear()
    if (this.#isStale) await this.#list()
    let vacant = await this.#vacant()
    if (vacant.length > 0 && !this.#isBusy) {
      // What looked unfinished may have ended meanwhile, which is cheaper read than taken.
      await this.#list()
      vacant = await this.#vacant()
    }
    const share = this.#shareOf(vacant.length)
    this.#isBusy = share > TAKEN_MOST
    this.#left = vacant.length - share
    if (share === 0 || this.#isClosed) return false
    await this.#options.subjects.holdAll(this.#some(vacant, Math.min(share, TAKEN_MOST)))
    return this.#isBusy
  }

  /** How many of those that are vacant this replica should take. */
  #shareOf(vacant: number): number {
    const { local } = this.#options
    const fair = Math.ceil((this.#others.subjects + local.count + vacant) / this.#others.replicas)
    const share = Math.min(vacant, Math.max(0, fair - local.count))
    // What the others have left for a whole look has to be taken by somebody.
    const isLeft = share === 0 && this.#left > 0
    return isLeft ? Math.ceil(vacant / this.#others.replicas) : share
  }

  /** Brings what is known up to date with the ledger. */
  async #list(): Promise<void> {
    this.#isStale = false
    const listing = await this.#listing()
    if (!this.#hasListed) for (const ramp of maybeUnfollowed(listing)) this.#unfollowed.add(ramp)
    this.#hasListed = true
    for (const { stream, lastType } of listing) {
      if (this.#options.local.loop(stream) !== undefined) this.#unfinished.delete(stream)
      else if (lastType !== 'ramp.ended') this.#unfinished.add(stream)
      else if (this.#unfinished.delete(stream)) this.#unfollowed.add(stream)
    }
  }

  async #listing(): ReturnType<RampDirectory['list']> {
    try {
      return await this.#options.directory.list()
    } catch (error) {
      this.#isStale = true
      throw error
    }
  }

  /** The subjects with something to do that nobody holds. */
  async #vacant(): Promise<readonly string[]> {
    if (this.#unfinished.size + this.#unfollowed.size === 0) return []
    const { leases, directory, local } = this.#options
    const held = new Set((await leases.holders()).map(({ subject }) => subject))
    this.#count(held)
    const vacant = new Set<string>()
    const unknown: string[] = []
    for (const ramp of this.#unfinished) {
      const subject = directory.knownSubjectOf(ramp)
      if (local.loop(ramp) !== undefined) this.#unfinished.delete(ramp)
      else if (subject === undefined) unknown.push(ramp)
      else if (!held.has(subject)) vacant.add(subject)
    }
    await eachAtOnce(unknown, READ_AT_ONCE, async (ramp) => {
      const subject = await directory.subjectOf(ramp)
      if (subject === undefined) this.#unfinished.delete(ramp)
      else if (!held.has(subject)) vacant.add(subject)
    })
    await eachAtOnce([...this.#unfollowed], READ_AT_ONCE, async (ramp) => {
      const subject = await this.#subjectToFollow(ramp)
      if (subject === undefined) this.#unfollowed.delete(ramp)
      else if (!held.has(subject)) vacant.add(subject)
    })
    return [...vacant]
  }

  #count(held: ReadonlySet<string>): void {
    let replicas = 0
    for (const subject of held) if (isPresence(subject)) replicas += 1
    const subjects = Math.max(0, held.size - replicas - this.#options.local.count)
    this.#others = { replicas: Math.max(1, replicas), subjects }
  }

  async #subjectToFollow(ramp: string): Promise<string | undefined> {
    const next = (await this.#options.parts.settings.load(ramp))?.next
    return next && subjectOf(next)
  }

  /** Some of these, by chance. */
  #some(subjects: readonly string[], most: number): readonly string[] {
    const { random } = this.#options.parts
    const left = [...subjects]
    const taken: string[] = []
    while (taken.length < most && left.length > 0) {
      const place = random.integer(left.length)
      taken.push(left[place] ?? '')
      left[place] = left.at(-1) ?? ''
      left.pop()
    }
    return taken
  }
}
