/** A limit by hand: three phases, a metric held for five minutes, a step back, an approval by two. */
import type { Plan } from '../../../src/core/plan/plan.ts'
import { commandOf, conditionOf, planOf, probed, stageOf } from '../../support/plan-words.ts'

/** From 500 to 4,000 to 10,000. */
export function constraintPlan(): Plan {
  const raise = (amount: number) => ({
    command: commandOf('raise', { limit: 'checkout-writes', amount }),
    compensation: commandOf('lower', { limit: 'checkout-writes', amount }),
  })
  const initial = stageOf('initial', { ...raise(500), onBreach: 'hold' })
  const expand = stageOf('expand', {
    ...raise(3_500),
    needs: ['initial'],
    gates: [
      probed('p99-below-250ms', { look: 'fact', fact: 'fast' }, { holdMs: 300_000 }),
      conditionOf('shop-is-up', {
        ask: 'ramp',
        subject: 'environment/shop',
        is: 'reached up',
      }),
    ],
    guards: [
      probed(
        'p99-not-above-400ms',
        { look: 'fact', fact: 'not-slow' },
        { onBreach: 'stepBack', tolerance: { failures: 0, ms: 30_000 } },
      ),
    ],
    retry: { limit: 2, backoffMs: 60_000 },
  })
  const target = stageOf('target', {
    ...raise(6_000),
    needs: ['expand'],
    gates: [conditionOf('approval', { ask: 'approval', from: ['sre'], count: 2 })],
  })
  return planOf([initial, expand, target], {
    kind: 'Constraint',
    name: 'checkout-writes',
    goal: 'forward',
  })
}
