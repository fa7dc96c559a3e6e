/** What `why` is asked with: one ramp with all its entries, and the ramps before it. */
import type { Entry } from '../entry/entry.ts'
import type { RampState } from '../ramp/state.ts'
import type { Circumstances } from './circumstances.ts'
import type { Comparison } from './history.ts'
import type { StageTime } from './stage-times.ts'

/** A ramp, as far as it is known. */
export interface Run {
  readonly state: RampState
  /** Absent: nobody recorded them. */
  readonly circumstances?: Circumstances | undefined
}

/** What is asked about. */
export interface WhyQuestion extends Run {
  /** By the ledger's clock; what is under way is measured up to here. */
  readonly nowMs: number
  /** All entries of the ramp. */
  readonly entries: readonly Entry[]
  /** Earlier ramps of the same contract, newest first; others are ignored. */
  readonly earlier: readonly Run[]
}

/** One stage: its time, and how that compares with its past. */
export interface WhyStage extends StageTime, Comparison {
  /** How often it was taken back and tried again, and what that cost. */
  readonly retries: number
  /** From its first try to its last. @unit ms */
  readonly lostMs: number
}
