/**
 * The way down: nothing new is granted, what is had is drained and released, what was released cools,
 * and in the end not one lease is left. Nobody's port is taken from under a process that still runs.
 */
import type { Stage } from '../../core/plan/plan.ts'
import { PLAIN_STAGE } from '../plain-stage.ts'
import type { PortsContract } from './definition.ts'
import { COMMAND_TIMEOUT_MS, POLICY_STAGE, portsCommand } from './plan-command.ts'
import { portsCondition } from './plan-condition.ts'

/** The stage that waits until what was released may be had by anybody. */
const COOLED_STAGE = 'cooled'

/** How much longer than it must a wait may take. @unit ms */
const MARGIN_MS = 30_000

/** Both stages. */
export function stagesDown({ name, definition }: PortsContract): readonly Stage[] {
  const { drainMs, lingerMs, deadlineMs, coolingMs } = scaleDown(definition)
  const longestMs = Math.max(coolingMs ?? 0, ...definition.ranges.map((range) => range.coolingMs))
  const input = { contract: name, drainMs, lingerMs }
  return [
    {
      ...PLAIN_STAGE,
      name: POLICY_STAGE,
      command: portsCommand('withdraw', input, drainMs + lingerMs + COMMAND_TIMEOUT_MS),
      conditions: [
        portsCondition('drained', { contract: name, state: { not: ['cooling'] }, most: 0 }),
      ],
      deadlineMs: Math.max(deadlineMs, drainMs + lingerMs) + MARGIN_MS,
      onBreach: 'hold',
      finishes: true,
    },
    {
      ...PLAIN_STAGE,
      name: COOLED_STAGE,
      needs: [{ stage: POLICY_STAGE, until: 'completed' }],
      conditions: [portsCondition('none-left', { contract: name, most: 0 })],
      deadlineMs: longestMs + MARGIN_MS,
      onBreach: 'hold',
      finishes: true,
    },
  ]
}

function scaleDown({ transitions }: PortsContract['definition']): {
  readonly drainMs: number
  readonly lingerMs: number
  readonly deadlineMs: number
  readonly coolingMs?: number
} {
  const found = transitions.find(({ event }) => event === 'scale-down')
  return found ?? { drainMs: 0, lingerMs: 0, deadlineMs: 0 }
}
