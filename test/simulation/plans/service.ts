/** A release of a service by hand: built, checked, switched, verified, the version before retired. */
import type { Plan } from '../../../src/core/plan/plan.ts'
import { commandOf, conditionOf, planOf, probed, stageOf } from '../../support/plan-words.ts'

/** From v1 to v2. */
export function servicePlan(): Plan {
  const release = { name: 'release-v2' }
  const stages = [
    stageOf('build', {
      command: commandOf('start', release),
      compensation: commandOf('stop', release),
      conditions: [probed('digest', { look: 'thing', ...release }, { watch: 'none' })],
      finishes: true,
      retry: { limit: 1, backoffMs: 1_000 },
    }),
    stageOf('check', {
      needs: ['build:completed'],
      conditions: [
        probed('compatible', { look: 'fact', fact: 'compatible' }, { watch: 'none' }),
        conditionOf('consumers', { ask: 'approval', from: ['consumers'], count: 1 }),
      ],
      deadlineMs: 1_800_000,
      finishes: true,
    }),
    stageOf('switch', {
      needs: ['check:completed'],
      command: commandOf('raise', { limit: 'traffic-to-v2', amount: 10_000 }),
      compensation: commandOf('lower', { limit: 'traffic-to-v2', amount: 10_000 }),
    }),
    stageOf('verify', {
      needs: ['switch'],
      conditions: [
        probed(
          'every-instance',
          { look: 'fact', fact: 'on-digest' },
          { consecutive: 3, holdMs: 2_000 },
        ),
      ],
      deadlineMs: 60_000,
    }),
    stageOf('retire', {
      needs: ['verify'],
      gates: [conditionOf('sunset', { ask: 'elapsed', ms: 86_400_000 })],
      command: commandOf('start', { name: 'retirement-of-v1' }),
      compensation: commandOf('stop', { name: 'retirement-of-v1' }),
      pivot: true,
    }),
  ]
  return planOf(stages, { kind: 'Service', name: 'orders', goal: 'forward' })
}
