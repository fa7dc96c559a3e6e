/** The state of a ramp: always, and only, the fold of its entries. Plain JSON, so it can be kept. */

import type { Cause, Outcome, Purpose, Word } from '../entry/entry.ts'
import { present } from '../fault/assert.ts'
import type { Plan, Stage } from '../plan/plan.ts'
import { indexOfPlan, type PlacedCondition } from '../plan/plan-index.ts'
import type { Answer } from '../plan/verdict.ts'
import type { Digest } from '../units/digest.ts'
import type { JsonObject } from '../units/json.ts'

/** Where a stage stands. */
export type StagePhase =
  /** Not entered: its needs are not met, or the ramp holds. */
  | 'waiting'
  /** Needs met; its gates are being asked. */
  | 'gated'
  /** Its command is under way. */
  | 'entered'
  /** Its command was answered; its exit conditions are being asked. */
  | 'started'
  /** Every exit condition has passed once. */
  | 'provisional'
  | 'ready'
  | 'completed'
  /** Failed, and nothing is being done about it: the ramp holds or has ended. */
  | 'failed'
  | 'undoing'
  | 'undone'
  /** Optional, failed, taken back: the ramp goes on without it. */
  | 'left'

/** What is known of one condition in the current incarnation of its stage. */
export interface ConditionState {
  /** Since when it is asked; absent: not asked yet. */
  readonly askedSinceMs?: number | undefined
  /** Attempts so far, as told by the last recorded answer. */
  readonly attempts: number
  /** Passes in a row, and since when. */
  readonly passes: number
  readonly passingSinceMs?: number | undefined
  /** Failed answers in a row, and since when. */
  readonly failures: number
  readonly failingSinceMs?: number | undefined
  /** When it was met as firmly as it asks for; absent: not met. */
  readonly metAtMs?: number | undefined
  /** Whether a breach of it has been dealt with and it has not passed since. */
  readonly breached: boolean
  readonly lastAnswer?: Answer | undefined
  readonly lastAnsweredAtMs?: number | undefined
}

/** A command that was issued and has no answer yet. */
export interface CommandInFlight {
  readonly id: string
  readonly purpose: Purpose
  readonly fence: number
  readonly issuedAtMs: number
}

/** What is known of one stage. */
export interface StageState {
  readonly name: string
  readonly phase: StagePhase
  /** Counts entries into the stage; answers about an older incarnation are ignored. */
  readonly incarnation: number
  /** In the order of {@link indexOfPlan}: gates, exit conditions, guards. */
  readonly conditions: readonly ConditionState[]
  readonly inFlight?: CommandInFlight | undefined
  /** Whether its command was issued in this incarnation, so that there may be something to undo. */
  readonly inEffect: boolean
  /** What its command put out. */
  readonly outputs: JsonObject
  /** The last answer to its command, until the next one is issued. */
  readonly commandFailure?: Cause | undefined
  readonly retries: number
  /** Whether its compensation was issued since it is being undone. */
  readonly undoIssued: boolean
  /** Failed attempts to undo it in a row. */
  readonly undoFailures: number
  /** From when it may be entered again, or undoing it be tried again. @unit ms */
  readonly notBeforeMs: number
  /** What follows once it is undone. */
  readonly next?: 'retry' | 'leave' | 'undo' | undefined
  readonly cause?: Cause | undefined
  /** Ready although it failed, by its policy `ignore`. */
  readonly unclean: boolean
  /** Counts stages in the order in which they came into effect; undo goes backwards along it. */
  readonly order: number
  readonly gatedAtMs?: number | undefined
  readonly enteredAtMs?: number | undefined
  readonly startedAtMs?: number | undefined
  readonly provisionalAtMs?: number | undefined
  readonly readyAtMs?: number | undefined
  readonly completedAtMs?: number | undefined
  readonly failedAtMs?: number | undefined
  readonly undoneAtMs?: number | undefined
}

/** An approval or a rejection that counts. */
export interface Approval {
  readonly stage: string
  readonly condition: string
  readonly by: string
  readonly approves: boolean
  readonly atMs: number
}

/** The latest news of another ramp. */
export interface News {
  readonly is: string
  readonly digest: Digest
  readonly atMs: number
}

/** The state of a ramp. */
export interface RampState {
  readonly ramp: string
  readonly plan: Plan
  readonly planDigest: Digest
  readonly flags: readonly number[]
  /** Who proposed it. */
  readonly by: string
  readonly openedAtMs: number
  /** The sequence of the last entry folded in. */
  readonly sequence: number
  /** When the last entry was written; time never goes back within a ramp. */
  readonly latestMs: number
  readonly direction: 'forward' | 'undoing'
  /** Why it holds; absent: it does not. */
  readonly held?: Cause | undefined
  /** Why it is being undone. */
  readonly undoCause?: Cause | undefined
  readonly ended?:
    | { readonly outcome: Outcome; readonly cause?: Cause | undefined; readonly atMs: number }
    | undefined
  /** In the plan's order. */
  readonly stages: readonly StageState[]
  readonly approvals: readonly Approval[]
  readonly news: Readonly<Record<string, News>>
  /** Commands issued so far; the next one's sequence and fence is one more. */
  readonly commands: number
  readonly retriesUsed: number
  /** Stages that came into effect so far. */
  readonly entered: number
  /** Whether a pivot was entered: from then on undo becomes hold. */
  readonly pivoted: boolean
  /** A word heard and not yet decided upon. */
  readonly unheeded?: { readonly by: string; readonly word: Word } | undefined
}

/** A condition that has not been asked in this incarnation. */
export const UNASKED: ConditionState = { attempts: 0, passes: 0, failures: 0, breached: false }

/** A stage that has never been entered. */
export function untouchedStage(name: string, conditions: number): StageState {
  return {
    name,
    phase: 'waiting',
    incarnation: 0,
    conditions: new Array<ConditionState>(conditions).fill(UNASKED),
    inEffect: false,
    outputs: {},
    retries: 0,
    undoIssued: false,
    undoFailures: 0,
    notBeforeMs: 0,
    unclean: false,
    order: 0,
  }
}

/** A stage of the plan together with what is known of it. */
export interface StageView {
  readonly place: number
  readonly stage: Stage
  readonly now: StageState
  readonly placed: readonly PlacedCondition[]
}

/** The stage at a place of the plan. */
export function stageAt(state: RampState, place: number): StageView {
  return {
    place,
    stage: present(state.plan.stages[place], 'the place is in the plan'),
    now: present(state.stages[place], 'every stage has a state'),
    placed: present(indexOfPlan(state.plan).conditions[place], 'every stage is indexed'),
  }
}

/** The stage of that name, if there is one. */
export function stageNamed(state: RampState, name: string): StageView | undefined {
  const place = indexOfPlan(state.plan).placeOf.get(name)
  return place === undefined ? undefined : stageAt(state, place)
}

/** Whether nothing more will happen to a stage while its ramp goes forward. */
export function isSettled(view: StageView): boolean {
  return (
    view.now.phase === (view.stage.finishes ? 'completed' : 'ready') || view.now.phase === 'left'
  )
}
