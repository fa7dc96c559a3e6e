/**
 * The end of an amendment's way up: the earlier revision and this one stand side by side until whoever
 * has a port by the earlier one, and would not get it by this one, is gone. Nobody's port is taken from
 * under them: when the time is over the ramp holds, and says who it is. Of a contract that amends
 * nothing, these stages are over at once.
 */
import type { Stage } from '../../core/plan/plan.ts'
import { PLAIN_STAGE } from '../plain-stage.ts'
import { type PortsContract, type PortsDefinition, servicePortOf } from './definition.ts'
import { COMMAND_TIMEOUT_MS, holdStageOf, POLICY_STAGE, portsCommand } from './plan-command.ts'
import { portsCondition } from './plan-condition.ts'
import type { TransitionEvent } from './written-transition.ts'

/** The stage that waits for whoever has no fixed port, and has one that is not theirs any more. */
const LEFT_STAGE = 'left'

/** The stage that ends the earlier revision. */
const RETIRE_STAGE = 'retire'

/** How much longer than it must a wait may take. @unit ms */
const MARGIN_MS = 1_000

/** Every stage; `fixed` are the ports that the contract fixes, as `shop/api/http`. */
export function rampStages(contract: PortsContract, fixed: readonly string[]): readonly Stage[] {
  return [
    ...fixed.map((of) => movedStage(contract, of)),
    leftStage(contract, fixed),
    retireStage(contract, fixed),
  ]
}

/** Its owner has it at another place than this: the new place is held, the old one still theirs. */
function movedStage({ name, digest, definition }: PortsContract, of: string): Stage {
  const question = { outdated: name, digest, of: { ...servicePortOf(of) } }
  return {
    ...PLAIN_STAGE,
    name: movedStageOf(of),
    needs: [{ stage: holdStageOf(of), until: 'ready' }],
    conditions: [portsCondition('moved', question)],
    deadlineMs: longestMs(definition, 'roll'),
    onBreach: 'hold',
  }
}

function leftStage({ name, digest, definition }: PortsContract, fixed: readonly string[]): Stage {
  return {
    ...PLAIN_STAGE,
    name: LEFT_STAGE,
    needs: [{ stage: POLICY_STAGE, until: 'ready' }],
    conditions: [portsCondition('left', { outdated: name, digest, except: [...fixed] })],
    deadlineMs: longestMs(definition, 'scale-down'),
    onBreach: 'hold',
  }
}

function retireStage({ name, digest }: PortsContract, fixed: readonly string[]): Stage {
  const before = [LEFT_STAGE, ...fixed.map(movedStageOf)]
  return {
    ...PLAIN_STAGE,
    name: RETIRE_STAGE,
    needs: before.map((stage) => ({ stage, until: 'ready' as const })),
    command: portsCommand('retire', { contract: name, digest }),
    conditions: [portsCondition('retired', { retired: name })],
    deadlineMs: COMMAND_TIMEOUT_MS + MARGIN_MS,
    onBreach: 'hold',
    // What is retired cannot be put back.
    pivot: true,
  }
}

function movedStageOf(of: string): string {
  return `moved/${of}`
}

/** How long a change of hands may take. */
function longestMs({ transitions }: PortsDefinition, event: TransitionEvent): number {
  const found = transitions.find((transition) => transition.event === event)
  const { deadlineMs = 0, drainMs = 0, lingerMs = 0 } = found ?? {}
  return Math.max(deadlineMs, drainMs + lingerMs) + MARGIN_MS
}
