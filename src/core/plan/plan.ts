/**
 * The plan: what every kind of contract compiles to, and all that the engine ever runs. Pure data,
 * digested. Nothing here names a kind of contract, a probe or an actuator.
 */
import type { Digest } from '../units/digest.ts'
import type { JsonObject } from '../units/json.ts'
import type { BreachPolicy, Condition } from './condition.ts'

/** How far another stage must have come before a stage is entered. */
export type Until =
  /** Its command was answered. */
  | 'started'
  /** Every exit condition has passed once. */
  | 'provisional'
  /** Every exit condition is met as firmly as it asks for. */
  | 'ready'
  /** It is ready and has finished by itself; only for stages that `finishes`. */
  | 'completed'

/** An edge: this stage waits until that one has come so far. */
export interface Need {
  readonly stage: string
  readonly until: Until
}

/** Something to do in the world, carried out by an actuator. */
export interface Command {
  /** The actuator's name, for example `process`. */
  readonly actuator: string
  /** The verb, for example `start`. */
  readonly operation: string
  /** May hold `${…}` templates, resolved when the command is run; never recorded resolved. */
  readonly input: JsonObject
  /** How long the actuator may take to answer. @unit ms */
  readonly timeoutMs: number
}

/** How often a stage that failed is undone and tried again before its policy applies. */
export interface Retry {
  /** @minimum 0 @default 0 */
  readonly limit: number
  /** Pause before the first retry; doubled for each further one. @unit ms */
  readonly backoffMs: number
}

/** A node of the plan: entered only on proof, left only on proof. */
export interface Stage {
  /** Unique in the plan, for example `eu/api`. */
  readonly name: string
  /** The group it belongs to (a region, a wave); absent: none. */
  readonly group?: string
  /** Who to talk to about it; absent: nobody is named. */
  readonly owner?: string
  readonly needs: readonly Need[]
  /** True before the stage is entered. */
  readonly gates: readonly Condition[]
  /** What to do on entering; absent: the stage is proof alone. */
  readonly command?: Command
  /** How to take the command back; absent: nothing to take back. */
  readonly compensation?: Command
  /** True before the stage counts as ready. */
  readonly conditions: readonly Condition[]
  /** Not needed to become ready, but a breach as soon as one fails while the stage is in effect. */
  readonly guards: readonly Condition[]
  /** From entering to ready. @unit ms */
  readonly deadlineMs: number
  /** What a failure or a breach of this stage does to the ramp. @default 'undo' */
  readonly onBreach: BreachPolicy
  readonly retry: Retry
  /** Whether it finishes by itself once ready (a one-shot), so that `completed` can be waited for. */
  readonly finishes: boolean
  /** Whether the ramp goes on without it when it fails. */
  readonly optional: boolean
  /**
   * The point of no return (a saga's pivot): once this stage is entered, undo becomes hold, since
   * going back would do more harm than standing still.
   */
  readonly pivot: boolean
}

/** A set of stages that is entered as one: a region, a wave. */
export interface Group {
  readonly name: string
  /** Every stage of this group waits until every stage of that one has come so far. */
  readonly needs: readonly GroupNeed[]
}

/** An edge between groups. */
export interface GroupNeed {
  readonly group: string
  readonly until: Until
}

/** What the plan was compiled from. */
export interface ContractReference {
  readonly kind: string
  readonly name: string
  readonly digest: Digest
  /** For which of its targets, where it has any. */
  readonly target?: string
}

/** A compiled contract: the same contract and inputs give the same plan, byte for byte. */
export interface Plan {
  /** The version of this shape. */
  readonly planVersion: 1
  readonly contract: ContractReference
  /** Where the ramp leads: `up`, `down`, `watch`, `forward`, `back`. */
  readonly goal: string
  readonly groups: readonly Group[]
  readonly stages: readonly Stage[]
  /** Retries that all stages together may use. @minimum 0 */
  readonly retryBudget: number
  /**
   * Whether the ramp goes on once every stage is ready, watching, until somebody ends it or another
   * ramp of the same subject takes its place. @default false
   */
  readonly endless?: boolean
  /** Who is told of every breach, in the notifier's own words; may hold templates. Absent: nobody. */
  readonly notify?: JsonObject
}
