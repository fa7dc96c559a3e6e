/**
 * Waits for answers to change. A question waits until what it asks for is different, not until
 * anything is: its index is that of the last change that it would have noticed. Every answer is worked
 * out once for each state of the list, however many wait for it.
 */
import type { Clock, Timer } from '../../../seams/clock.ts'
import type { Endpoints } from '../../../seams/endpoints.ts'
import type { Random } from '../../../seams/random.ts'
import type { HomeNames } from '../service-name.ts'
import { ServiceLookup } from './service-lookup.ts'
import {
  QUERY_WORDS,
  type ServiceQuery,
  type ServiceRequest,
  WAIT_MS_DEFAULT,
  WAIT_MS_MAX,
} from './service-query.ts'
import { type ServicesView, viewServices } from './service-view.ts'

/** What a watch is made of. */
export interface ServiceWatchParts {
  readonly endpoints: Endpoints
  readonly clock: Clock
  readonly random: Random
  readonly home?: HomeNames
  /** How many may wait or follow at once. @default 4096 */
  readonly waitingMax?: number
}

/** An answer, and since which index it is so. */
export interface SeenView {
  readonly index: number
  readonly view: ServicesView
}

/** What is asked, and what whoever asks has already. */
export interface ServiceAsking extends ServiceRequest {
  /** They have the answer with this tag. */
  readonly hasTag?: (tag: string) => boolean
  /** Aborts when they have gone. */
  readonly signal: AbortSignal
}

/** Something new, nothing new in all that time, too many who wait, or nobody there any more. */
export type ServiceAnswer =
  | ({ readonly verdict: 'changed' | 'unchanged' } & SeenView)
  | { readonly verdict: 'busy' }
  | { readonly verdict: 'gone' }

const REMEMBERED_MAX = 10_000
const WAITING_MAX = 4_096

/**
 * The share of the wait by which it may be longer, so that those who came at once do not come again
 * at once.
 */
const JITTER_PART = 16

/** Answers questions now, or when there is something new. */
export class ServiceWatch {
  readonly #parts: ServiceWatchParts
  readonly #seen = new Map<string, SeenView & { readonly lookedAt: number }>()
  readonly #waiting = new Set<() => void>()
  #lookup: { readonly index: number; readonly lookup: ServiceLookup } | undefined
  #stop: (() => void) | undefined

  constructor(parts: ServiceWatchParts) {
    this.#parts = parts
  }

  /** How many wait or follow now. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** What is so now, and since which index. */
  look(query: ServiceQuery): SeenView {
    const { index } = this.#parts.endpoints
    const key = JSON.stringify([query.name, ...QUERY_WORDS.map((word) => query[word])])
    const seen = this.#seen.get(key)
    if (seen?.lookedAt === index) return seen
    const view = viewServices(this.#lookupAt(index).find(query))
    const isSame = seen?.view.tag === view.tag
    const now = { lookedAt: index, view, index: isSame ? seen.index : index }
    // Who has a forgotten index is answered at once, and no worse off.
    if (this.#seen.size >= REMEMBERED_MAX) this.#seen.clear()
    this.#seen.set(key, now)
    return now
  }

  /**
   * Answers; never rejects. With an index or a tag it waits for another answer than that one. An index
   * that is not the answer's own, be it smaller or greater, is answered at once: whoever gets a smaller
   * one than theirs begins anew from it.
   */
  async ask({ query, index, waitMs, hasTag, signal }: ServiceAsking): Promise<ServiceAnswer> {
    const isNew = (): boolean => {
      const seen = this.look(query)
      return index === undefined ? hasTag?.(seen.view.tag) !== true : index !== seen.index
    }
    if (isNew()) return { verdict: 'changed', ...this.look(query) }
    const mayWait = index !== undefined || waitMs !== undefined
    if (!mayWait || waitMs === 0) return { verdict: 'unchanged', ...this.look(query) }
    if (this.#isFull()) return { verdict: 'busy' }
    const longestMs = Math.min(waitMs ?? WAIT_MS_DEFAULT, WAIT_MS_MAX)
    const jitterMs = this.#parts.random.integer(Math.floor(longestMs / JITTER_PART) + 1)
    const ended = await this.#wait(isNew, longestMs + jitterMs, signal)
    return ended === 'gone' ? { verdict: ended } : { verdict: ended, ...this.look(query) }
  }

  /**
   * Calls back at every change of the list, for those who stay. @returns stops, idempotent; undefined
   * when too many wait already
   */
  follow(changed: () => void): (() => void) | undefined {
    return this.#isFull() ? undefined : this.#enter(changed)
  }

  #isFull(): boolean {
    return this.#waiting.size >= (this.#parts.waitingMax ?? WAITING_MAX)
  }

  #lookupAt(index: number): ServiceLookup {
    if (this.#lookup?.index === index) return this.#lookup.lookup
    const { endpoints, home } = this.#parts
    const lookup = new ServiceLookup(endpoints.list(), home)
    this.#lookup = { index, lookup }
    return lookup
  }

  #wait(
    isNew: () => boolean,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<'changed' | 'unchanged' | 'gone'> {
    if (signal.aborted) return Promise.resolve('gone')
    const { promise, resolve } = Promise.withResolvers<'changed' | 'unchanged' | 'gone'>()
    const { clock } = this.#parts
    const leave = this.#enter(() => isNew() && end('changed'))
    const timer: Timer = clock.wakeAt(clock.nowMs() + waitMs, () => end('unchanged'))
    const gone = (): void => end('gone')
    const end = (how: 'changed' | 'unchanged' | 'gone'): void => {
      leave()
      timer.cancel()
      signal.removeEventListener('abort', gone)
      resolve(how)
    }
    signal.addEventListener('abort', gone, { once: true })
    return promise
  }

  /** The list is listened to only while somebody waits. */
  #enter(changed: () => void): () => void {
    const entry = (): void => changed()
    this.#waiting.add(entry)
    this.#stop ??= this.#parts.endpoints.onChanged(() => {
      for (const one of [...this.#waiting]) one()
    })
    return () => {
      this.#waiting.delete(entry)
      if (this.#waiting.size > 0) return
      this.#stop?.()
      this.#stop = undefined
    }
  }
}
