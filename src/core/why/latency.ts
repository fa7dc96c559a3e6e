/** Latency: a stage's questions that somebody else took much longer to answer than in earlier runs. */
import { indexOfPlan } from '../plan/plan-index.ts'
import { type RampState, stageNamed } from '../ramp/state.ts'
import type { Evidence } from './finding.ts'
import type { Run } from './question.ts'
import { targetOf } from './target.ts'

/** Less than this is no slowness. @unit ms */
const LEAST_MS = 50

/** How many times as long as ever before it must have been. */
const TIMES = 3

type LatencyEvidence = Extract<Evidence, { of: 'latency' }>

/** The question of a stage that was answered most slowly beside its past, by someone else. */
export function slowAnswer(
  state: RampState,
  stage: string,
  runs: readonly Run[],
): LatencyEvidence | undefined {
  const found = latenciesOf(state, stage).flatMap(({ condition, latencyMs, target }) => {
    if (target === stage) return []
    const earlier = runs.flatMap((run) =>
      latenciesOf(run.state, stage).filter((one) => one.condition === condition),
    )
    if (earlier.length === 0) return []
    const usualMs = Math.max(...earlier.map((one) => one.latencyMs))
    if (latencyMs < usualMs * TIMES || latencyMs - usualMs < LEAST_MS) return []
    return [{ of: 'latency', condition, target, latencyMs, usualMs } as const]
  })
  return found.sort((one, other) => other.latencyMs - one.latencyMs)[0]
}

interface Latency {
  readonly condition: string
  readonly latencyMs: number
  readonly target: string | null
}

function latenciesOf(state: RampState, stage: string): readonly Latency[] {
  const view = stageNamed(state, stage)
  if (view === undefined) return []
  const placed = indexOfPlan(state.plan).conditions[view.place] ?? []
  return placed.flatMap(({ condition }, index) => {
    const answer = view.now.conditions[index]?.lastAnswer
    const latencyMs = answer?.evidence['latencyMs']
    if (typeof latencyMs !== 'number') return []
    const target = targetOf(state.plan, stage, condition.question)
    return [{ condition: condition.name, latencyMs, target }]
  })
}
