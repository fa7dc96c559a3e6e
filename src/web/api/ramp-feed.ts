/**
 * One ramp as this page knows it: the entries of its live stream and their fold, which is the very fold
 * that the engine decides by. Readers are told at most ten times a second, whatever comes in.
 */
import type { Entry } from '../../core/entry/entry.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import { fold } from '../../core/ramp/fold.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { answerKey } from '../../core/telling/stage-rows.ts'
import type { Recorded } from '../../server/wire.ts'
import { follow, type StreamStatus } from './follow.ts'
import type { ServerSentEvent } from './sse.ts'

const TELL_MS = 100

/** Every so many entries a state is kept, so that any moment is near one. */
const KEPT_EVERY = 250

/** What is known of a ramp at one moment. */
export interface RampPicture {
  readonly status: StreamStatus
  readonly error?: unknown
  readonly entries: readonly Recorded[]
  /** Absent until its first entry has come. */
  readonly state?: RampState
  /** Answers that were not worth an entry, since the last one that was. */
  readonly latest: ReadonlyMap<string, Answer>
}

/** Follows one ramp from its first entry on. */
export class RampFeed {
  readonly #path: string
  readonly #listeners = new Set<() => void>()
  readonly #kept: { readonly count: number; readonly state: RampState }[] = []
  #entries: Recorded[] = []
  #state: RampState | undefined
  #latest = new Map<string, Answer>()
  #picture: RampPicture = { status: 'connecting', entries: [], latest: new Map() }
  #status: StreamStatus = 'connecting'
  #error: unknown
  #timer: number | undefined
  #following: AbortController | undefined

  constructor(ramp: string) {
    this.#path = `/v1/ramps/${encodeURIComponent(ramp)}/stream`
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#begin()
    return () => {
      this.#listeners.delete(listener)
      // React subscribes anew at once when it is only rearranging.
      queueMicrotask(() => this.#listeners.size === 0 && this.#end())
    }
  }

  readonly picture = (): RampPicture => this.#picture

  /** The state after the first so many entries. */
  stateAfter(count: number): RampState | undefined {
    const near = this.#kept.findLast((kept) => kept.count <= count)
    const rest = this.#entries.slice(near?.count ?? 0, count)
    return fold(entriesOf(rest), near?.state)
  }

  #begin(): void {
    if (this.#following !== undefined) return
    this.#following = new AbortController()
    this.#entries = []
    this.#state = undefined
    this.#kept.length = 0
    void follow({
      path: this.#path,
      signal: this.#following.signal,
      onEvent: (event) => this.#take(event),
      onStatus: (status, error) => {
        this.#status = status
        this.#error = error
        this.#tellSoon()
      },
    })
  }

  #end(): void {
    this.#following?.abort()
    this.#following = undefined
    window.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #take({ event, data }: ServerSentEvent): void {
    if (event === 'entry') this.#takeEntry(JSON.parse(data) as Recorded)
    if (event === 'answer') {
      const { stage, condition, answer } = JSON.parse(data) as {
        readonly stage: string
        readonly condition: string
        readonly answer: Answer
      }
      this.#latest = new Map(this.#latest).set(answerKey(stage, condition), answer)
    }
    this.#tellSoon()
  }

  #takeEntry(recorded: Recorded): void {
    if (recorded.sequence <= this.#entries.length) return
    this.#entries.push(recorded)
    this.#state = fold([recorded.entry], this.#state)
    if (this.#entries.length % KEPT_EVERY === 0 && this.#state !== undefined) {
      this.#kept.push({ count: this.#entries.length, state: this.#state })
    }
    const { entry } = recorded
    if (entry.type !== 'condition.answered') return
    const key = answerKey(entry.stage, entry.condition)
    if (!this.#latest.has(key)) return
    this.#latest = new Map(this.#latest)
    this.#latest.delete(key)
  }

  #tellSoon(): void {
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined
      this.#picture = {
        status: this.#status,
        entries: this.#entries.slice(),
        latest: this.#latest,
        ...(this.#error === undefined ? {} : { error: this.#error }),
        ...(this.#state === undefined ? {} : { state: this.#state }),
      }
      for (const listener of this.#listeners) listener()
    }, TELL_MS)
  }
}

function* entriesOf(recorded: readonly Recorded[]): Generator<Entry> {
  for (const { entry } of recorded) yield entry
}
