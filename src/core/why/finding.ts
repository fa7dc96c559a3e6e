/** Findings: what the time or the failure of a stage came from, with what speaks for it. */
import type { Change } from './changes.ts'
import type { MissingKind } from './missing.ts'

/** The class of a cause. */
export type CauseClass =
  /** The contract, a release or a setting differs from the last good run. */
  | 'badDeploy'
  /** Nothing differs, but it had to wait: behind another stage, for the machine, for a slow dependency. */
  | 'bottleneck'
  /** What it needs is not there: refused, unknown by name, closed to it, without its schema. */
  | 'missingDependency'
  /** A person said so. */
  | 'word'
  /** Nothing speaks for any of these. */
  | 'unexplained'

/** What is pressed upon. */
export type Resource = 'cpu' | 'io' | 'memory'

/** One fact that speaks for a cause. */
export type Evidence =
  | { readonly of: 'change'; readonly change: Change }
  /** What a probe answered, or a process said as it ended. */
  | {
      readonly of: 'answer'
      readonly condition: string | null
      readonly reason: string
      readonly sentence: string
      readonly missing: MissingKind
      /** The stage that was asked; null: something outside the ramp. */
      readonly target: string | null
      /** For how long it was answered so. @unit ms */
      readonly spentMs: number
    }
  | {
      readonly of: 'pressure'
      readonly resource: Resource
      /** @unit bp */
      readonly shareBp: number
      /** In earlier runs; null: not known. @unit bp */
      readonly usualBp: number | null
      /** Of the CPU: threads that wanted to run, as a share of the processors; 0 of others. @unit bp */
      readonly demandBp: number
      /** In earlier runs; null: not known. @unit bp */
      readonly usualDemandBp: number | null
      /** Other stages that were busy meanwhile. */
      readonly beside: readonly string[]
    }
  | {
      readonly of: 'latency'
      readonly condition: string
      /** The stage that was asked; null: something outside the ramp. */
      readonly target: string | null
      /** @unit ms */
      readonly latencyMs: number
      /** The longest of earlier runs. @unit ms */
      readonly usualMs: number
    }
  | { readonly of: 'queue'; readonly behind: string; readonly waitedMs: number }
  | { readonly of: 'word'; readonly sentence: string }

/** What one stage's failure or slowness came from. */
export interface Finding {
  readonly class: CauseClass
  /** Null: the ramp as a whole. */
  readonly stage: string | null
  /** One sentence for people. */
  readonly sentence: string
  /** What it failed with, in the words of its cause; absent: it was slow. */
  readonly symptom?: string
  /** How much longer than usual the stage took; absent: it failed. @unit ms */
  readonly extraMs?: number
  /** The stages on the critical path that had to wait for it. */
  readonly delayed: readonly string[]
  /** Empty only when it is unexplained. */
  readonly evidence: readonly Evidence[]
}
