/**
 * Letters between replicas in one process, for tests and simulations. Everything that happens later
 * happens on the clock, so that a simulation decides when.
 */
import { Fault } from '../../core/fault/fault.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Letter, Mailbox } from '../../seams/mailbox.ts'

/** How long an answer is kept for whoever sends the same letter again. @unit ms */
const ANSWER_KEPT_MS = 3_600_000

/** How long a letter waits whose handling failed. @unit ms */
const PUT_BACK_MS = 500

/** A letter and what became of it. */
interface Post {
  readonly letter: Letter
  isTaken: boolean
  answer?: JsonObject
  answeredAtMs?: number
  readonly waiting: Set<(answer: JsonObject) => void>
}

/** Where the letters of several replicas wait; survives those who send and answer. */
export class MemoryPostOffice {
  readonly clock: Clock
  readonly posts: Map<string, Post> = new Map()
  /** Called when there may be something to take up. */
  readonly lookers: Set<() => void> = new Set()

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Takes a letter in; the same letter twice is one. */
  post(letter: Letter): Post {
    this.#forgetOld()
    const post = this.posts.get(letter.id) ?? { letter, isTaken: false, waiting: new Set() }
    this.posts.set(letter.id, post)
    this.announce()
    return post
  }

  /** Wakes everybody who answers letters. */
  announce(): void {
    this.clock.wakeAt(this.clock.nowMs(), () => {
      for (const look of [...this.lookers]) look()
    })
  }

  /** Lets a letter be taken up again after a pause, as long as somebody waits for its answer. */
  putBackSoon(post: Post): void {
    this.clock.wakeAt(this.clock.nowMs() + PUT_BACK_MS, () => {
      post.isTaken = false
      if (post.waiting.size === 0) this.posts.delete(post.letter.id)
      else this.announce()
    })
  }

  answer(post: Post, answer: JsonObject): void {
    post.answer = answer
    post.answeredAtMs = this.clock.nowMs()
    for (const take of [...post.waiting]) take(answer)
  }

  #forgetOld(): void {
    const oldest = this.clock.nowMs() - ANSWER_KEPT_MS
    for (const [id, { answeredAtMs }] of this.posts) {
      if (answeredAtMs !== undefined && answeredAtMs < oldest) this.posts.delete(id)
    }
  }
}

/** Which office, and who is told of trouble. */
export interface MemoryMailboxOptions {
  readonly office: MemoryPostOffice
  /** Told when answering a letter failed; it is handled again while its sender waits. */
  readonly onTrouble?: (thrown: unknown) => void
}

/** The mailbox of one replica. */
export class MemoryMailbox implements Mailbox {
  readonly #office: MemoryPostOffice
  readonly #onTrouble: (thrown: unknown) => void
  readonly #stops = new Set<() => void>()
  #isClosed = false

  constructor({ office, onTrouble = () => undefined }: MemoryMailboxOptions) {
    this.#office = office
    this.#onTrouble = onTrouble
  }

  async send(letter: Letter, signal: AbortSignal): Promise<JsonObject | undefined> {
    if (this.#isClosed) throw closedFault()
    if (signal.aborted) return undefined
    const post = this.#office.post(letter)
    if (post.answer !== undefined) return post.answer
    return new Promise((resolve) => {
      const settle = (answer: JsonObject | undefined): void => {
        signal.removeEventListener('abort', giveUp)
        post.waiting.delete(settle)
        resolve(answer)
      }
      const giveUp = (): void => {
        settle(undefined)
        const isWanted = post.waiting.size > 0 || post.isTaken
        if (!isWanted) this.#office.posts.delete(letter.id)
      }
      signal.addEventListener('abort', giveUp)
      post.waiting.add(settle)
    })
  }

  serve(
    isOwn: (subject: string) => boolean,
    handle: (letter: Letter) => Promise<JsonObject>,
  ): { readonly look: () => void; readonly stop: () => void } {
    if (this.#isClosed) throw closedFault()
    const office = this.#office
    const busy = new Set<string>()
    const work = async (post: Post): Promise<void> => {
      const { subject } = post.letter
      busy.add(subject)
      post.isTaken = true
      try {
        office.answer(post, await handle(post.letter))
      } catch (thrown) {
        this.#onTrouble(thrown)
        office.putBackSoon(post)
      } finally {
        busy.delete(subject)
        office.announce()
      }
    }
    const takeUp = (): void => {
      for (const post of [...office.posts.values()]) {
        const { subject } = post.letter
        if (!post.isTaken && !busy.has(subject) && isOwn(subject)) void work(post)
      }
    }
    office.lookers.add(takeUp)
    const stop = (): void => {
      office.lookers.delete(takeUp)
      this.#stops.delete(stop)
    }
    this.#stops.add(stop)
    office.announce()
    return { look: () => office.announce(), stop }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const stop of [...this.#stops]) stop()
  }
}

function closedFault(): Fault {
  return new Fault({
    code: 'store-unavailable',
    operation: 'pass a letter',
    subject: 'the mailbox',
    hint: 'It is closed.',
  })
}
