/**
 * Why: where the time of a ramp went, how that compares with its past, and what it came from. A cause
 * is only ever named with its evidence; what nothing speaks for is `unexplained`.
 */
import { brokenStage, forwardUntilMs } from './broken.ts'
import { type Change, changesSince } from './changes.ts'
import { findCauses } from './find-causes.ts'
import type { Finding } from './finding.ts'
import {
  type Comparison,
  comparableRuns,
  compareNothing,
  compareStage,
  compareWith,
  lastGoodRun,
  ownTimes,
} from './history.ts'
import type { WhyQuestion, WhyStage } from './question.ts'
import { retriesOf } from './retries.ts'
import { entriesByStage } from './stage-entries.ts'
import { timesOf } from './stage-times.ts'

/** Why a ramp went as it did. */
export interface Why {
  readonly ramp: string
  /** @unit ms */
  readonly totalMs: number
  /** The whole ramp beside its past; only for one that reached its goal. */
  readonly total: Comparison
  /** How many earlier runs of the same stages reached the goal. */
  readonly runs: number
  /** The last run that reached the goal, whatever its stages. */
  readonly lastGood?: string
  readonly criticalPath: readonly string[]
  /** @unit ms */
  readonly criticalPathMs: number
  readonly stages: readonly WhyStage[]
  /** What is known to differ from the last good run. */
  readonly changes: readonly Change[]
  /** What it came from, the most telling first; empty when nothing is out of the ordinary. */
  readonly findings: readonly Finding[]
}

/** Says why a ramp went as it did. */
export function explainWhy(question: WhyQuestion): Why {
  const { state, entries, earlier, nowMs } = question
  const broken = brokenStage(state)?.stage
  const times = timesOf(state, broken, forwardUntilMs(state, entries, nowMs))
  const runs = comparableRuns(state, earlier)
  const known = ownTimes(runs)
  const byStage = entriesByStage(entries)
  const stages = times.stages.map((time) => ({
    ...time,
    ...compareStage(time, known.get(time.name) ?? []),
    ...retriesOf(byStage.get(time.name) ?? []),
  }))
  const lastGood = lastGoodRun(state, earlier)
  const changes = lastGood === undefined ? [] : changesSince(lastGood, question)
  const totals = runs.map((run) => timesOf(run.state).totalMs)
  const isWhole = state.ended?.outcome === 'reached'
  const total = isWhole ? compareWith(times.totalMs, totals) : compareNothing(totals)
  return {
    ramp: state.ramp,
    totalMs: times.totalMs,
    total,
    runs: runs.length,
    ...(lastGood === undefined ? {} : { lastGood: lastGood.state.ramp }),
    criticalPath: times.criticalPath,
    criticalPathMs: times.criticalPathMs,
    stages,
    changes,
    findings: findCauses({
      question,
      byStage,
      stages,
      runs,
      lastGood,
      changes,
      isUsual: total.standing === 'usual',
    }),
  }
}
