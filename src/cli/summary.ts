/** What became of a ramp, as `--json` prints it. Additive changes only; test/golden holds its shape. */
import type { Cause } from '../core/entry/entry.ts'
import { ownerOf } from '../core/plan/owner.ts'
import type { RampState, StageState } from '../core/ramp/state.ts'
import { timelineOf } from '../core/ramp/timeline.ts'
import { EXIT } from './exit-code.ts'

/** One stage of a summary. Instants are milliseconds since the ramp was opened. */
export interface StageSummary {
  readonly name: string
  /** The stage's phase, or `unclean`. */
  readonly verdict: string
  readonly startedAtMs: number | null
  readonly readyAtMs: number | null
  /** From its needs being met until it was ready. */
  readonly ownMs: number | null
}

/** A ramp's end, or its hold. */
export interface RampResult {
  readonly ramp: string
  readonly contract: string
  readonly goal: string
  /** `ready` and `down` are good ends. */
  readonly verdict: 'ready' | 'down' | 'reached' | 'undone' | 'abandoned' | 'held' | 'underWay'
  readonly totalMs: number
  readonly criticalPathMs: number
  /** Total time ÷ critical path, to four digits; 1 is the least there can be. */
  readonly ratio: number | null
  readonly criticalPath: readonly string[]
  /** The part that caused a bad end, the reason, and the sentence with evidence. */
  readonly cause: {
    readonly stage: string | null
    readonly condition: string | null
    readonly reason: string
    readonly sentence: string
    readonly evidence: unknown
    /** Who owns the condition or the stage; absent: nobody is named. */
    readonly owner?: string
  } | null
  readonly stages: readonly StageSummary[]
}

/** Sums up a ramp as it stands. */
export function summaryOf(state: RampState): RampResult {
  const timeline = timelineOf(state)
  const cause = state.ended?.cause ?? state.held ?? state.undoCause
  // A ramp that reached its goal is measured to its last stage's readiness, as its path is.
  const { totalMs, criticalPathMs, criticalPath } = timeline
  return {
    ramp: state.ramp,
    contract: state.plan.contract.name,
    goal: state.plan.goal,
    verdict: verdictOf(state),
    totalMs,
    criticalPathMs,
    ratio: criticalPathMs === 0 ? null : Math.round((totalMs / criticalPathMs) * 10_000) / 10_000,
    criticalPath,
    cause: cause === undefined ? null : causeOf(state, cause),
    stages: state.stages.map((stage) => stageOf(state, stage, timeline.spans)),
  }
}

/** The exit code that a ramp's end, or its hold, stands for. */
export function exitCodeOf(state: RampState): number {
  return state.ended?.outcome === 'reached' ? EXIT.yes : EXIT.no
}

function verdictOf(state: RampState): RampResult['verdict'] {
  const { ended, plan } = state
  if (ended === undefined) return state.held === undefined ? 'underWay' : 'held'
  if (ended.outcome !== 'reached') return ended.outcome
  if (plan.goal === 'up') return 'ready'
  return plan.goal === 'down' ? 'down' : 'reached'
}

function causeOf({ plan }: RampState, cause: Cause): NonNullable<RampResult['cause']> {
  const owner = ownerOf(plan, cause)
  return {
    stage: cause.stage ?? null,
    condition: cause.condition ?? null,
    reason: cause.reason,
    sentence: cause.sentence,
    evidence: cause.answer?.evidence ?? null,
    ...(owner === undefined ? {} : { owner }),
  }
}

function stageOf(
  state: RampState,
  stage: StageState,
  spans: ReturnType<typeof timelineOf>['spans'],
): StageSummary {
  const since = (atMs: number | undefined): number | null =>
    atMs === undefined ? null : atMs - state.openedAtMs
  return {
    name: stage.name,
    verdict: stage.unclean ? 'unclean' : stage.phase,
    startedAtMs: since(stage.startedAtMs),
    readyAtMs: since(stage.readyAtMs),
    ownMs: spans.find((span) => span.name === stage.name)?.ownMs ?? null,
  }
}
