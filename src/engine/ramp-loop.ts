/**
 * The one loop: observe, advance, append, run commands. One for each ramp. It holds no truth of its
 * own: what it asks and runs is derived from the state after every batch, so that a restart, a lost
 * write or another engine's append change nothing but the time it takes.
 */

import type { Entry } from '../core/entry/entry.ts'
import { assert, present } from '../core/fault/assert.ts'
import { isFault } from '../core/fault/fault.ts'
import type { Plan } from '../core/plan/plan.ts'
import { advance, openRamp } from '../core/ramp/advance.ts'
import { type Due, nextDue } from '../core/ramp/due.ts'
import { fold } from '../core/ramp/fold.ts'
import type { Input } from '../core/ramp/input.ts'
import { openQuestions } from '../core/ramp/open-questions.ts'
import type { RampState } from '../core/ramp/state.ts'
import { printCanonicalJson } from '../core/units/json.ts'
import type { Timer } from '../seams/clock.ts'
import type { Append, Ledger, Recorded } from '../seams/ledger.ts'
import type { RampSettings } from '../seams/settings.ts'
import { AskerPool } from './asker-pool.ts'
import { CommandPool } from './command-pool.ts'
import type { EngineEvents } from './events.ts'
import { tellOfBreaches } from './notices.ts'
import { fencedFault, type Right } from './ownership.ts'
import type { EngineParts } from './parts.ts'
import { RampWords } from './ramp-words.ts'
import { keepSnapshot, loadState } from './snapshots.ts'
import { SteadyClock } from './steady-clock.ts'

/** The pause after the ledger could not be written: doubled each time, up to the most. @unit ms */
const RETRY_FIRST_MS = 50
export const RETRY_MOST_MS = 5_000

/** What a loop is made from. */
export interface RampLoopOptions {
  readonly parts: EngineParts
  readonly events: EngineEvents
  readonly ramp: string
  readonly settings: RampSettings | undefined
  /** The right to move the ramp's subject. */
  readonly right: Right
  /** Called when the ledger says that the right is another's. */
  onFenced(right: Right): void
}

/** How a loop begins: with a new plan, or from what the ledger holds. */
export type Beginning = { readonly plan: Plan; readonly by: string } | { readonly state: RampState }

/** At which heads of a ramp alone something is to be heard. */
export interface OnlyAt {
  /** Sequences; that of the last entry before it must be one of them. */
  readonly heads: readonly number[]
  /** Called instead, with the head there is. Nothing of it is recorded. */
  missed(head: number): void
}

/** When an input is to be heard at all. */
export interface Hearing {
  /** @default at any head */
  readonly at?: OnlyAt | undefined
  /** Once aborted it is not wanted any more; what is on record by then stays there. */
  readonly unless?: AbortSignal
}

/** An input in line. */
interface Waiting extends Hearing {
  readonly input: Input
}

/** Runs one ramp from its opening, or from where the ledger left it, to its end. */
export class RampLoop {
  readonly ramp: string
  readonly right: Right
  readonly settings: RampSettings | undefined
  readonly #ledger: Ledger
  readonly #onFenced: (right: Right) => void
  readonly #events: EngineEvents
  readonly #advance: typeof advance
  readonly #clock: SteadyClock
  readonly #askers: AskerPool
  readonly #commands: CommandPool
  readonly #tell: (state: RampState, entries: readonly Entry[]) => void
  readonly #inputs: Waiting[] = []
  #state: RampState | undefined
  #draining: Promise<void> | undefined
  #timer: Timer | undefined
  #retryMs = RETRY_FIRST_MS
  #isClosed = false
  #endPause: () => void = () => undefined
  /** The instant up to which all that time alone leads to has been decided. */
  #decidedMs = 0

  constructor(options: RampLoopOptions) {
    const { parts, events, ramp, settings, right } = options
    this.ramp = ramp
    this.right = right
    this.settings = settings
    this.#onFenced = (fenced) => options.onFenced(fenced)
    this.#ledger = parts.ledger
    this.#events = events
    this.#advance = parts.decide ?? advance
    this.#clock = new SteadyClock(parts.clock)
    const words = new RampWords(parts.expressions, settings, () => this.state)
    const { notifier } = parts
    this.#tell = (state, entries) => {
      if (notifier !== undefined) tellOfBreaches(notifier, words, state, entries)
    }
    const hear = (input: Input): void => this.hear(input)
    const pool = { parts, events, ramp, right, clock: this.#clock, words, hear }
    this.#askers = new AskerPool(pool)
    this.#commands = new CommandPool(pool)
  }

  /** Whether there is a state yet. */
  get hasBegun(): boolean {
    return this.#state !== undefined
  }

  /** The state as recorded so far. */
  get state(): RampState {
    return present(this.#state, 'the loop has begun')
  }

  /** Records the opening of a new ramp, or takes up one from its state. */
  async begin(beginning: Beginning): Promise<void> {
    if ('state' in beginning) {
      this.#takeOver(beginning.state)
      this.hear({ type: 'tick' })
    } else {
      await this.#open(beginning)
    }
    this.#reconcile()
  }

  async #open(beginning: { readonly plan: Plan; readonly by: string }): Promise<void> {
    const { state, entries } = openRamp({ ramp: this.ramp, ...beginning }, this.#clock.nowMs())
    try {
      await this.#write({ stream: this.ramp, after: 0, entries })
    } catch (error) {
      // The write may have got through although it was reported lost; then the ramp is open.
      if (!isFault(error) || !(await this.#isOnRecord())) throw error
    }
    this.#decidedMs = state.latestMs
    this.#recorded(state, entries)
  }

  /** Whether the ledger holds the stream; asked until it tells, since the answer must not be guessed. */
  async #isOnRecord(): Promise<boolean> {
    while (!this.#isClosed) {
      try {
        return (await loadState(this.#ledger, this.ramp)) !== undefined
      } catch (error) {
        if (!isFault(error, 'ledger-unavailable')) throw error
        await this.#pause(RETRY_FIRST_MS)
      }
    }
    return false
  }

  #takeOver(state: RampState): void {
    this.#state = state
    this.#clock.catchUp(state.latestMs)
    this.#decidedMs = state.latestMs
  }

  /** Puts an input in line; inputs are heard in order, those that wait together in one append. */
  hear(input: Input, hearing: Hearing = {}): void {
    if (this.#isClosed) return
    this.#inputs.push({ input, ...hearing })
    this.#draining ??= this.#drain()
  }

  /** Whether a command of it is under way. */
  get isBusy(): boolean {
    return this.#commands.isBusy
  }

  /** Stops asking and running without ending the ramp; resolves once nothing is under way. */
  async close(): Promise<void> {
    this.#stop()
    await this.#draining
  }

  /** Stops at once because the ramp is another's now, who will ask, and run commands again. */
  abandon(): void {
    this.#stop()
    this.#commands.abort()
  }

  #stop(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#endPause()
    this.#askers.close()
    this.#commands.close()
  }

  async #drain(): Promise<void> {
    // Inputs that came in the same turn of the event loop go into one append.
    await Promise.resolve()
    try {
      while (this.#inputs.length > 0 && !this.#isClosed) await this.#decide(this.#inputs.splice(0))
    } catch (error) {
      this.#fail(error)
    } finally {
      // At once with the last look at the line: whatever comes after it is drained anew.
      this.#draining = undefined
    }
  }

  /** Decides upon inputs, and does what follows once that is recorded. */
  async #decide(waiting: readonly Waiting[]): Promise<void> {
    const nowMs = this.#clock.nowMs()
    let state = this.state
    const entries: Entry[] = []
    const missed: (() => void)[] = []
    for (const { input, at, unless } of waiting) {
      if (unless?.aborted === true) continue
      const { sequence } = state
      if (at !== undefined && !at.heads.includes(sequence)) {
        missed.push(() => at.missed(sequence))
        continue
      }
      const next = this.#advance(state, input, nowMs)
      entries.push(...next.entries)
      state = next.state
    }
    const outcome = entries.length === 0 ? 'empty' : await this.#append(entries)
    if (outcome === 'lost') {
      // What the clock led to is found again by a tick, which the state as it is now needs anyway.
      const others = waiting.filter(({ input }) => input.type !== 'tick')
      this.#inputs.unshift(...others, { input: { type: 'tick' } })
      return
    }
    // Before anybody hears of the entries, among which may be the like.
    for (const tell of missed) tell()
    if (outcome === 'written') {
      this.#recorded(state, entries)
      keepSnapshot(this.#ledger, state, entries.length)
    }
    // An input that is not worth an entry decides nothing, not even what time alone leads to.
    const hasDecided = entries.length > 0 || waiting.some(({ input }) => input.type === 'tick')
    this.#retryMs = RETRY_FIRST_MS
    // Most answers tell nothing new; then nothing else is wanted than before either.
    if (!hasDecided) return
    this.#decidedMs = nowMs
    this.#reconcile()
  }

  /** One ramp that cannot go on must not take the others with it, but nobody may overlook it. */
  #fail(error: unknown): void {
    if (isFault(error, 'ledger-fenced') && this.right.lease !== undefined) {
      this.abandon()
      this.#onFenced(this.right)
      return
    }
    this.#stop()
    if (!this.#events.has('loop.failed')) throw error
    this.#events.emit('loop.failed', { ramp: this.ramp, error })
  }

  /**
   * Appends a batch.
   *
   * @returns `found`: reported lost, yet on record, and taken over; `lost`: to be decided anew
   */
  async #append(entries: readonly Entry[]): Promise<'written' | 'found' | 'lost'> {
    try {
      await this.#write({ stream: this.ramp, after: this.state.sequence, entries })
      return 'written'
    } catch (error) {
      return (await this.#recover(error, entries)) ? 'found' : 'lost'
    }
  }

  /** Appends by right, and only while that is sure. */
  async #write(append: Append): Promise<readonly Recorded[]> {
    const { lease, subject } = this.right
    if (!this.right.isSure()) throw fencedFault(subject)
    return await this.#ledger.append(lease === undefined ? append : { ...append, lease })
  }

  #recorded(state: RampState, entries: readonly Entry[]): void {
    this.#state = state
    assert(entries.length > 0, 'only a batch with entries is recorded')
    const { ramp } = this
    for (const entry of entries) this.#events.emit(entry.type, { ramp, entry } as never)
    this.#events.emit('ramp.advanced', { ramp, state, entries })
    this.#tell(state, entries)
  }

  /** Finds out what became of a batch; whether it is recorded although that was reported lost. */
  async #recover(error: unknown, batch: readonly Entry[]): Promise<boolean> {
    if (!isFault(error) || error.code === 'ledger-fenced' || error.code === 'engine-closed') {
      throw error
    }
    const pauseMs = this.#retryMs
    this.#retryMs = Math.min(pauseMs * 2, RETRY_MOST_MS)
    this.#events.emit('ledger.retried', { ramp: this.ramp, error, pauseMs })
    if (error.code !== 'ledger-conflict') await this.#pause(pauseMs)
    const added = await this.#reload()
    return printCanonicalJson(added.slice(0, batch.length)) === printCanonicalJson(batch)
  }

  /** Reads what the ledger holds beyond the state, and takes it over. */
  async #reload(): Promise<readonly Entry[]> {
    while (!this.#isClosed) {
      try {
        const { ledger, state } = { ledger: this.#ledger, state: this.state }
        const added: Entry[] = []
        for await (const recorded of ledger.read(this.ramp, state.sequence)) {
          added.push(recorded.entry)
        }
        const found = fold(added, state)
        if (found === undefined || added.length === 0) return []
        this.#takeOver(found)
        this.#recorded(found, added)
        return added
      } catch (error) {
        if (!isFault(error, 'ledger-unavailable')) throw error
        await this.#pause(this.#retryMs)
      }
    }
    return []
  }

  /** Resolves after a while, or as soon as the loop is stopped. */
  #pause(ms: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#clock.wakeAt(this.#clock.nowMs() + ms, resolve)
      this.#endPause = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  /** Makes what is asked, run and waited for equal to what the state wants. */
  #reconcile(): void {
    if (this.#isClosed) return
    const { state } = this
    this.#askers.reconcile(openQuestions(state))
    this.#commands.reconcile(state)
    this.#timer?.cancel()
    // Not from now on: what fell due while the last batch was being written is still undecided.
    const due = nextDue(state, this.#decidedMs)
    this.#timer = due && this.#clock.wakeAt(due.atMs, () => this.#fallDue(due))
    // Nothing is heard after the end; commands that were aborted just now may settle unheard.
    if (state.ended !== undefined) this.#isClosed = true
  }

  /** Lets a deadline quote the last answers, recorded or not, before it is decided. */
  #fallDue(due: Due): void {
    if (due.isDeadline) {
      for (const answer of this.#askers.latestAnswers(due.stage)) {
        this.hear({ ...answer, isLast: true })
      }
    }
    this.hear({ type: 'tick' })
  }
}
