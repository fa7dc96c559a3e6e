/** A rollout by hand: three exposures, each behind the lock on its configuration and guarded by it. */
import type { BreachPolicy } from '../../../src/core/plan/condition.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import { commandOf, conditionOf, planOf, probed, stageOf } from '../../support/plan-words.ts'

/** 1 %, 25 %, 100 %; on drift it pauses (`hold`) or reverts (`undo`). */
export function rolloutPlan(onDrift: BreachPolicy): Plan {
  const exposures = [
    { name: 'expose-1', addBp: 100, bakeMs: 600_000, needs: [] },
    { name: 'expose-25', addBp: 2_400, bakeMs: 3_600_000, needs: ['expose-1'] },
    { name: 'expose-100', addBp: 7_500, bakeMs: 0, needs: ['expose-25'] },
  ]
  const isLocked = { look: 'fact', fact: 'config-as-tested' }
  const stages = exposures.map(({ name, addBp, bakeMs, needs }) =>
    stageOf(name, {
      needs,
      gates: [probed('config-lock', isLocked)],
      command: commandOf('raise', { limit: 'exposure', amount: addBp }),
      compensation: commandOf('lower', { limit: 'exposure', amount: addBp }),
      conditions: [
        conditionOf('bake', { ask: 'elapsed', ms: bakeMs }),
        probed('no-worse', { look: 'fact', fact: 'no-worse' }, { watch: 'current' }),
      ],
      guards: [probed('no-drift', isLocked, { onBreach: onDrift })],
      deadlineMs: bakeMs + 1_800_000,
    }),
  )
  return planOf(stages, { kind: 'Rollout', name: 'new-pricing', goal: 'forward' })
}
