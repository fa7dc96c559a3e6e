/**
 * Conditions: a question, and how firmly it must be answered. The same shape serves before a stage
 * (its gates), after it (its exit conditions) and while it lasts (its guards).
 */
import type { Question } from './question.ts'

/** What a broken promise leads to. */
export type BreachPolicy =
  | 'hold'
  | 'abort'
  | 'undo'
  /** Takes back the stage's group and all that stands on it; then the ramp holds, to be resumed. */
  | 'undoGroup'
  | 'stepBack'
  | 'ignore'

/** How long a condition goes on being asked once it was met. */
export type Watch =
  /** Not at all: once met, it stays met for this incarnation. */
  | 'none'
  /** Until a stage that needs this one becomes ready. */
  | 'current'
  /** Until the ramp ends. */
  | 'ramp'

/** A question and how firmly it must be answered. */
export interface Condition {
  /** Unique within its stage, across gates, exit conditions and guards. */
  readonly name: string
  /** Who to talk to about it; absent: whoever owns its stage. */
  readonly owner?: string
  readonly question: Question
  /** How many passes in a row are needed. @minimum 1 @default 1 */
  readonly consecutive: number
  /** How long it must have been passing without a break. @unit ms @default 0 */
  readonly holdMs: number
  /** From when it is first asked to when it must be met; absent: the stage's deadline alone. @unit ms */
  readonly deadlineMs?: number
  /** What a breach or a missed deadline of this condition does; absent: the stage's policy. */
  readonly onBreach?: BreachPolicy
  /** @default 'ramp' */
  readonly watch: Watch
  /** How much failing is forgiven once the condition was met. */
  readonly tolerance: Tolerance
}

/** A met condition is broken when it fails more than `failures` times in a row for at least `ms`. */
export interface Tolerance {
  /** @minimum 0 @default 0 */
  readonly failures: number
  /** @unit ms @default 0 */
  readonly ms: number
}
