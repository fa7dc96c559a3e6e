/** A port's hand-over by hand: roll-back until the old owner gets nothing more, then only forward. */
import type { Plan } from '../../../src/core/plan/plan.ts'
import { commandOf, conditionOf, planOf, probed, stageOf } from '../../support/plan-words.ts'

/** From `@old` to `@new`. */
export function portsPlan(): Plan {
  const port = 'api'
  const newOwner = { name: 'new-owner' }
  const stages = [
    stageOf('start-new', {
      command: commandOf('start', newOwner),
      compensation: commandOf('stop', newOwner),
      conditions: [probed('ready', { look: 'thing', ...newOwner }, { consecutive: 2 })],
    }),
    stageOf('stop-routing-to-old', {
      needs: ['start-new'],
      pivot: true,
      command: commandOf('take', { port, owner: '@old' }),
      compensation: commandOf('give-back', { port, owner: '@old' }),
    }),
    stageOf('route-to-new', {
      needs: ['stop-routing-to-old'],
      command: commandOf('claim', { port, owner: '@new' }),
      compensation: commandOf('release', { port, owner: '@new' }),
      conditions: [probed('owned', { look: 'port', port, owner: '@new' })],
      onBreach: 'hold',
    }),
    stageOf('drain', {
      needs: ['stop-routing-to-old'],
      conditions: [
        probed('none-in-flight', { look: 'fact', fact: 'none-in-flight' }, { watch: 'none' }),
      ],
      deadlineMs: 30_000,
      onBreach: 'ignore',
    }),
    stageOf('linger', {
      needs: ['drain'],
      conditions: [conditionOf('linger', { ask: 'elapsed', ms: 5_000 })],
    }),
    stageOf('cool', {
      needs: ['linger', 'route-to-new'],
      conditions: [conditionOf('cooling', { ask: 'elapsed', ms: 90_000 })],
      deadlineMs: 120_000,
    }),
  ]
  return planOf(stages, { kind: 'Ports', name: 'internal', goal: 'forward' })
}
