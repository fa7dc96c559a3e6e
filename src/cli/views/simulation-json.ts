/** A simulation as `--json` prints it. Additive changes only; test/golden holds its shape. */

import { printChange } from '../../core/forecast/change.ts'
import type { Forecast } from '../../core/forecast/forecast.ts'
import type { Improvement } from '../../core/forecast/improve.ts'
import type { SimulationReport } from '../simulation-report.ts'
import { describeChange, optionOf } from './change-words.ts'

/** The one value that is printed. */
export function simulationJson({ subject, simulation, check }: SimulationReport): object {
  const { before, after, alone, improvements, improved, samples } = simulation
  return {
    environment: subject.name,
    goal: subject.goal,
    runs: before.runs,
    seed: before.seed,
    history: {
      ramps: subject.history.length,
      check: check ?? null,
    },
    before: totalsOf(before),
    after: after === undefined ? null : totalsOf(after),
    changes: alone.map(({ change, forecast }) => ({
      change: printChange(change),
      ...totalsOf(forecast),
    })),
    stages: before.stages.map((stage, place) => ({
      name: stage.name,
      source: samples[place]?.source ?? null,
      samples: samples[place]?.times.length ?? 0,
      before: stageOf(before, place),
      after: after === undefined ? null : stageOf(after, place),
    })),
    improvements: improvements.map((improvement) => improvementOf(improvement, after ?? before)),
    improved: improved === undefined ? null : totalsOf(improved),
  }
}

function totalsOf({ total, totalMsMean }: Forecast): object {
  return { ...total, meanMs: totalMsMean }
}

function stageOf({ stages }: Forecast, place: number): object | null {
  const stage = stages[place]
  if (stage === undefined) return null
  const { own, from, begin, provisional, ready, criticalShareBp, slackMsMean } = stage
  return { own, from, begin, provisional, ready, criticalShareBp, meanSlackMs: slackMsMean }
}

function improvementOf({ change, p50Ms, gainMs }: Improvement, before: Forecast): object {
  return {
    change: printChange(change),
    option: optionOf(change),
    sentence: describeChange(change),
    p50Ms,
    gainMs,
    gainBp: Math.round((gainMs / Math.max(1, before.total.p50Ms)) * 10_000),
  }
}
