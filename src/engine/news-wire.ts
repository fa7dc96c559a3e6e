/**
 * News between ramps: whoever asks about another subject is told how its latest ramp stands, at once
 * when it begins to ask and whenever that changes, whichever replica runs it.
 */
import { isPassing } from '../core/fault/fault.ts'
import { fold } from '../core/ramp/fold.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { LocalRamps } from './local-ramps.ts'
import { newsOf, subjectsAskedIn } from './news.ts'
import type { EngineParts } from './parts.ts'
import type { RampDirectory } from './ramp-directory.ts'
import { loadState } from './snapshots.ts'

/** The pause before the ledger is read again that could not be. @unit ms */
const AGAIN_MS = 500

/** What news are made of. */
export interface NewsWireOptions {
  readonly parts: EngineParts
  readonly local: LocalRamps
  readonly directory: RampDirectory
  /** Called when news cannot be told by a bug. */
  onTrouble(error: unknown): void
}

/** Passes news on. */
export class NewsWire {
  readonly #options: NewsWireOptions
  /** Who asks about each subject. Those that have ended are forgotten when there is news for them. */
  readonly #asking = new Map<string, Set<string>>()
  /** The latest ramps of other replicas that anybody here asks about, as they were last read. */
  readonly #others = new Map<string, RampState>()
  /** Subjects of which there may be news. */
  readonly #stale = new Set<string>()
  readonly #unwatch: () => void
  #telling: Promise<void> | undefined
  #isClosed = false

  constructor(options: NewsWireOptions) {
    this.#options = options
    const { ledger, leases } = options.parts
    // An engine that is alone knows all there is to tell from its own ramps.
    const watch = (ramp: string | undefined): void => this.#onAppended(ramp)
    this.#unwatch = leases === undefined ? () => undefined : ledger.onAppended(watch)
  }

  /** Tells ramps that have just begun here how those stand that they ask about, and from now on. */
  async join(ramps: readonly string[]): Promise<void> {
    for (const ramp of ramps) {
      const plan = this.#options.local.loop(ramp)?.state.plan
      for (const subject of plan === undefined ? [] : subjectsAskedIn(plan)) {
        this.#asking.set(subject, (this.#asking.get(subject) ?? new Set()).add(ramp))
        this.#stale.add(subject)
      }
    }
    if (this.#stale.size > 0) await this.#tellSoon()
  }

  /** Tells everybody who asks how a ramp of this engine stands now. */
  tell(state: RampState): void {
    if (this.#asking.size === 0) return
    const news = newsOf(state)
    const { local } = this.#options
    for (const ramp of this.#asking.get(news.subject) ?? []) {
      const loop = local.loop(ramp)
      if (loop === undefined) this.#forget(news.subject, ramp)
      else if (ramp !== state.ramp) loop.hear({ type: 'news', ...news })
    }
  }

  close(): void {
    this.#isClosed = true
    this.#unwatch()
  }

  #onAppended(ramp: string | undefined): void {
    if (this.#asking.size === 0) return
    if (ramp === undefined) for (const subject of this.#asking.keys()) this.#stale.add(subject)
    else if (this.#options.local.loop(ramp) === undefined) void this.#onOther(ramp)
    if (this.#stale.size > 0) void this.#tellSoon()
  }

  async #onOther(ramp: string): Promise<void> {
    const { directory, onTrouble } = this.#options
    try {
      const subject = await directory.subjectOf(ramp)
      if (subject === undefined || !this.#asking.has(subject)) return
      this.#stale.add(subject)
    } catch (error) {
      if (!isPassing(error)) return onTrouble(error)
      // It may be about anything.
      for (const subject of this.#asking.keys()) this.#stale.add(subject)
    }
    await this.#tellSoon()
  }

  #tellSoon(): Promise<void> {
    this.#telling ??= this.#tellAll()
    return this.#telling
  }

  /** Tells what is stale until nothing is. A ledger that cannot be read is read again later. */
  async #tellAll(): Promise<void> {
    // Whoever calls keeps the promise before it is forgotten.
    await Promise.resolve()
    const subjects = new Set<string>()
    try {
      while (this.#stale.size > 0 && !this.#isClosed) {
        for (const subject of this.#stale) subjects.add(subject)
        this.#stale.clear()
        await this.#tellOf([...subjects])
        subjects.clear()
      }
    } catch (error) {
      if (!isPassing(error)) return this.#options.onTrouble(error)
      for (const subject of subjects) this.#stale.add(subject)
      const { clock } = this.#options.parts
      clock.wakeAt(clock.nowMs() + AGAIN_MS, () => void this.#tellSoon())
    } finally {
      // At once with the last look: what is stale after it is told anew.
      this.#telling = undefined
    }
  }

  async #tellOf(subjects: readonly string[]): Promise<void> {
    const { local, directory } = this.#options
    const listing = await directory.list()
    const latest = await directory.latestOf(subjects, listing)
    for (const [subject, { stream }] of latest) {
      const state = local.loop(stream)?.state ?? (await this.#read(subject, stream))
      // Whoever is under way here may have gone on while the ledger was read; from here nothing waits.
      const moving = local.loop(local.moving(subject) ?? '')?.state
      const told = moving ?? state
      if (told !== undefined) this.tell(told)
    }
  }

  /** Reads on where it was last read. */
  async #read(subject: string, ramp: string): Promise<RampState | undefined> {
    const { ledger } = this.#options.parts
    const known = this.#others.get(subject)
    const state =
      known?.ramp === ramp
        ? fold(await entriesAfter(ledger, known), known)
        : await loadState(ledger, ramp)
    if (state !== undefined) this.#others.set(subject, state)
    return state
  }

  #forget(subject: string, ramp: string): void {
    const asking = this.#asking.get(subject)
    asking?.delete(ramp)
    if (asking === undefined || asking.size > 0) return
    this.#asking.delete(subject)
    this.#others.delete(subject)
  }
}

async function entriesAfter(
  ledger: EngineParts['ledger'],
  { ramp, sequence }: RampState,
): Promise<Parameters<typeof fold>[0]> {
  const added = []
  for await (const { entry } of ledger.read(ramp, sequence)) added.push(entry)
  return added
}
