/**
 * An asker keeps one open question asked: at once, then more slowly the longer it takes until the
 * condition is met, and slowly from then on; sooner whenever the probe says that something changed.
 * One attempt at a time. It decides nothing: every answer goes to the ramp.
 */

import type { Answer } from '../core/plan/verdict.ts'
import type { OpenQuestion } from '../core/ramp/open-questions.ts'
import type { JsonObject } from '../core/units/json.ts'
import type { Clock, Timer } from '../seams/clock.ts'
import type { Resolution } from '../seams/expressions.ts'
import type { Asking, ComparedAsking, Probe } from '../seams/probe.ts'

/** What an asker needs from its ramp. */
export interface AskerParts {
  readonly clock: Clock
  readonly probe: Probe
  /** The probe's input as of now, what `self` is, and what is compared. */
  resolve(question: OpenQuestion): Resolution<ResolvedQuestion>
  /** The answer after `when` was held against its evidence, without secrets. */
  judge(question: OpenQuestion, answer: Answer): Answer
  heard(question: OpenQuestion, answer: Answer, attempt: number, tookMs: number): void
  /** How many questions of the ramp are asked eagerly, this one included. */
  eagerQuestions(): number
}

/** A question with every template resolved. */
export interface ResolvedQuestion {
  readonly input: JsonObject
  readonly self: JsonObject
  readonly group?: string
  readonly among: readonly ComparedAsking[]
}

/** How long a question is asked eagerly before it is asked as slowly as a watched one. @unit ms */
const EAGER_MS = 60_000

/** How long a probe may take to settle after its attempt was aborted. @unit ms */
const SETTLE_MS = 2_000

/**
 * A pause is as long as this share of the time asked so far, so that however long something takes,
 * noticing it late adds at most so much to it, and half of that on average.
 */
const PAUSE_SHARE = 0.004

/**
 * All eager questions of a ramp together are asked about so often: with many of them each pause gets
 * longer, up to the longest that the cadence allows. @unit ms for each question
 */
const PAUSE_EACH_MS = 1

/** Keeps one question asked until it is closed. */
export class Asker {
  readonly #parts: AskerParts
  #question: OpenQuestion
  #attempt: number
  readonly #sinceMs: number
  #timer: Timer | undefined
  #underWay: AbortController | undefined
  #unwatch: (() => void) | undefined
  #changedMeanwhile = false
  #isClosed = false

  constructor(parts: AskerParts, question: OpenQuestion) {
    this.#parts = parts
    this.#question = question
    this.#attempt = question.now.attempts
    this.#sinceMs = parts.clock.nowMs()
    void this.#ask()
  }

  /** Takes the question as it stands by now; being met changes how often it is asked. */
  update(question: OpenQuestion): void {
    this.#question = question
    // Another engine on the same ledger may have asked more often.
    this.#attempt = Math.max(this.#attempt, question.now.attempts)
  }

  /** Stops asking; an attempt under way is aborted and its answer dropped. Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#unwatch?.()
    this.#underWay?.abort()
  }

  async #ask(): Promise<void> {
    this.#timer?.cancel()
    this.#changedMeanwhile = false
    this.#attempt += 1
    const { clock } = this.#parts
    const question = this.#question
    const startedMs = clock.nowMs()
    const controller = new AbortController()
    this.#underWay = controller
    const answer = await this.#answerInTime(question, controller)
    this.#underWay = undefined
    if (this.#isClosed) return
    this.#parts.heard(question, answer, this.#attempt, clock.nowMs() - startedMs)
    if (!this.#isClosed) this.#schedule()
  }

  /** The answer, or that there was none: a probe that never settles must not silence its condition. */
  #answerInTime(question: OpenQuestion, controller: AbortController): Promise<Answer> {
    const { clock } = this.#parts
    const { timeoutMs, probe } = question.question
    const nowMs = clock.nowMs()
    const timeout = clock.wakeAt(nowMs + timeoutMs, () => controller.abort())
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        timeout.cancel()
        giveUp.cancel()
        resolve(answer)
      }
      const giveUp = clock.wakeAt(nowMs + timeoutMs + SETTLE_MS, () =>
        settle(unsettled(probe, timeoutMs)),
      )
      controller.signal.addEventListener('abort', () => {
        if (this.#isClosed) settle(unsettled(probe, timeoutMs))
      })
      void this.#answer(question, controller.signal).then(settle)
    })
  }

  async #answer(question: OpenQuestion, signal: AbortSignal): Promise<Answer> {
    const resolved = this.#parts.resolve(question)
    if (!resolved.ok) return unresolved(resolved.why)
    const { among, ...put } = resolved.value
    const compared = among.length === 0 ? {} : { among }
    const asking: Asking = { ...put, ...compared, attempt: this.#attempt, signal }
    try {
      this.#watch(asking)
      return this.#parts.judge(question, await this.#parts.probe.ask(asking))
    } catch (error) {
      return crashed(question.question.probe, error)
    }
  }

  #watch(asking: Asking): void {
    if (this.#unwatch !== undefined) return
    this.#unwatch = this.#parts.probe.watch?.(asking, () => this.#changed())
  }

  #changed(): void {
    if (this.#isClosed) return
    if (this.#underWay === undefined) void this.#ask()
    else this.#changedMeanwhile = true
  }

  #schedule(): void {
    const nowMs = this.#parts.clock.nowMs()
    const pauseMs = this.#changedMeanwhile ? 0 : this.#pauseMs(nowMs)
    this.#timer = this.#parts.clock.wakeAt(nowMs + pauseMs, () => void this.#ask())
  }

  #pauseMs(nowMs: number): number {
    const { cadence } = this.#question.question
    const { firstMs, mostMs, watchMs } = cadence
    const askedMs = nowMs - this.#sinceMs
    const isEager = !this.#question.isWatching && askedMs < EAGER_MS
    if (!isEager) return watchMs
    // Whoever tells of changes is asked in between only for the case that it misses one.
    if (this.#unwatch !== undefined) return mostMs
    const crowdedMs = this.#parts.eagerQuestions() * PAUSE_EACH_MS
    const pauseMs = Math.max(firstMs, askedMs * PAUSE_SHARE, crowdedMs)
    return Math.min(Math.round(pauseMs), mostMs)
  }
}

function unresolved(why: string): Answer {
  return {
    verdict: 'errored',
    outlook: 'notYet',
    reason: 'unresolved',
    sentence: `The question could not be put: ${why}`,
    evidence: {},
  }
}

function unsettled(probe: string, timeoutMs: number): Answer {
  return {
    verdict: 'errored',
    outlook: 'notYet',
    reason: 'probe-silent',
    sentence: `The probe ${probe} said nothing, not even after its ${timeoutMs} ms were over.`,
    evidence: { timeoutMs },
  }
}

function crashed(probe: string, error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error)
  return {
    verdict: 'errored',
    outlook: 'notYet',
    reason: 'probe-crashed',
    sentence: `The probe ${probe} failed by a bug of its own: ${message}`,
    evidence: { stack: error instanceof Error ? (error.stack ?? '').slice(0, 2_000) : '' },
  }
}
