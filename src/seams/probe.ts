/** The seam to the world's answers. One implementation a kind of probe, in src/probes/<kind>/. */
import type { Answer } from '../core/plan/verdict.ts'
import type { JsonObject } from '../core/units/json.ts'

/** One of several askings that a probe compares. */
export interface ComparedAsking {
  readonly name: string
  readonly probe: string
  readonly input: JsonObject
  readonly self: JsonObject
  /** The group of the stage that it is about: where it is to be asked from. */
  readonly group?: string
}

/** One asking. */
export interface Asking {
  /** The probe's input, every template resolved. */
  readonly input: JsonObject
  /** What the stage's own command put out: for a process its pid, ports, log file, log offset. */
  readonly self: JsonObject
  /** The group of the stage that asks, for example a region; absent: none. */
  readonly group?: string
  /** Counts from 1 in each incarnation of the stage. */
  readonly attempt: number
  /** What is to be asked and compared, for a probe that does; every template resolved. */
  readonly among?: readonly ComparedAsking[]
  /** Aborted at the attempt's timeout, or when nobody wants the answer any more. */
  readonly signal: AbortSignal
}

/** Asks the world one kind of question. */
export interface Probe {
  /** The name by which contracts call it. */
  readonly kind: string
  /**
   * Asks once. Never rejects for what the world does: a refused connection, a time-out, a wrong
   * answer are all answers. Must settle soon after the signal aborts, leaving nothing open. Safe to
   * repeat. At most one asking of a condition is in flight.
   */
  ask(asking: Asking): Promise<Answer>
  /**
   * Calls `changed` whenever asking again may give another answer, so that the engine need not wait
   * for its next attempt. A hint, never the answer itself: a probe without it is simply polled.
   *
   * @returns stops watching; idempotent
   */
  watch?(asking: Asking, changed: () => void): () => void
}
