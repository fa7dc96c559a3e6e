/**
 * The latest answers that a stream has yet to show: one for each question, at most ten a second each,
 * so that polling every few milliseconds does not drown the reader.
 */
import type { EngineEventMap } from '../engine/events.ts'
import type { StreamEvent } from './wire.ts'

/** The shortest time between two answers to one question. @unit ms */
const ANSWER_PAUSE_MS = 100

type AnswerEvent = Extract<StreamEvent, { type: 'answer' }>

/** Answers waiting to be shown. */
export class AnswerBoard {
  readonly #waiting = new Map<string, AnswerEvent>()
  readonly #shownAtMs = new Map<string, number>()
  #missed = 0

  /** Puts an answer on the board, over the one before. `isBehind`: the reader is too slow for it. */
  put(heard: EngineEventMap['question.answered'], atMs: number, isBehind: boolean): void {
    const { question, answer, attempt, tookMs } = heard
    const { stage, incarnation } = question
    const condition = question.condition.name
    const key = JSON.stringify([stage, condition])
    if (isBehind && this.#waiting.has(key)) this.#missed += 1
    const told = { stage, condition, incarnation, attempt, answer, tookMs, atMs }
    this.#waiting.set(key, { type: 'answer', ...told })
  }

  /** Takes what may be shown now. */
  take(nowMs: number): readonly AnswerEvent[] {
    const taken: AnswerEvent[] = []
    for (const [key, event] of this.#waiting) {
      if (this.#freeAtMs(key) > nowMs) continue
      this.#waiting.delete(key)
      this.#shownAtMs.set(key, nowMs)
      taken.push(event)
    }
    return taken
  }

  /** From when on something may be shown; undefined when nothing waits. */
  nextMs(): number | undefined {
    const free = [...this.#waiting.keys()].map((key) => this.#freeAtMs(key))
    return free.length === 0 ? undefined : Math.min(...free)
  }

  /** How many answers the reader was too slow for since this was last asked. */
  takeMissed(): number {
    const missed = this.#missed
    this.#missed = 0
    return missed
  }

  #freeAtMs(key: string): number {
    const shownAtMs = this.#shownAtMs.get(key)
    return shownAtMs === undefined ? 0 : shownAtMs + ANSWER_PAUSE_MS
  }
}
