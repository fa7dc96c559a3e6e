/**
 * The way up: the machine is asked, the policy put in force, every fixed port held and proved held. What
 * was granted by an earlier revision and would not be by this one stands beside it until it is gone;
 * only then is the earlier one retired. Until that, undoing puts it back, with all that it had held.
 */
import type { Stage } from '../../core/plan/plan.ts'
import { environmentOf } from '../../core/port/port-owner.ts'
import { PLAIN_STAGE, THIS_RAMP } from '../plain-stage.ts'
import {
  type DefinedRange,
  type PortsContract,
  servicePortOf,
  toConnectPolicy,
  toPolicy,
} from './definition.ts'
import { holdStageOf, POLICY_STAGE, portsCommand } from './plan-command.ts'
import { portsCondition } from './plan-condition.ts'
import { rampStages } from './stages-ramp.ts'

/** The stage that asks whether the machine has anything against the policy. */
const MACHINE_STAGE = 'machine'

/** How long the machine, or the broker, may take for each. @unit ms */
const DEADLINE_MS = 15_000

/** What every stage of the way up has that says nothing else. */
const PLAIN = { ...PLAIN_STAGE, deadlineMs: DEADLINE_MS }

/** Every stage, fixed ports in the order of their numbers. */
export function stagesUp(contract: PortsContract): readonly Stage[] {
  const fixed = fixedPorts(contract)
  return [
    machineStage(contract),
    policyStage(contract),
    ...fixed.map((one) => holdStage(contract, one)),
    ...rampStages(
      contract,
      fixed.map(({ of }) => of),
    ),
  ]
}

function machineStage(contract: PortsContract): Stage {
  const { ranges } = toPolicy(contract)
  const condition = portsCondition('fits', {
    machine: { ranges: ranges.map((range) => ({ ...range })) },
  })
  return { ...PLAIN, name: MACHINE_STAGE, conditions: [condition] }
}

function policyStage(contract: PortsContract): Stage {
  const { name, digest, definition } = contract
  const { ranges } = toPolicy(contract)
  const { rules, clients } = toConnectPolicy(contract)
  const command = portsCommand('enforce', {
    contract: name,
    digest,
    ramp: THIS_RAMP,
    policy: { ranges: ranges.map((range) => ({ ...range })) },
    connect: {
      rules: rules.map((rule) => ({ ...rule })),
      clients: clients.map((client) => ({ ...client })),
    },
    names: definition.names.map((alias) => ({ ...alias })),
    transitions: definition.transitions.map((transition) => ({ ...transition })),
  })
  return {
    ...PLAIN,
    name: POLICY_STAGE,
    needs: [{ stage: MACHINE_STAGE, until: 'ready' }],
    command,
    compensation: portsCommand('withdraw', { contract: name, digest, onlyByRamp: THIS_RAMP }),
    conditions: [portsCondition('in-force', { policy: name, digest })],
  }
}

/** One number that belongs to one service's port. */
interface FixedPort {
  readonly range: DefinedRange
  readonly of: string
  readonly port: number
}

/** In the order of their numbers. */
function fixedPorts({ definition }: PortsContract): readonly FixedPort[] {
  return definition.ranges
    .flatMap((range) => Object.entries(range.fixed).map(([of, port]) => ({ range, of, port })))
    .sort((a, b) => a.port - b.port || (a.of < b.of ? -1 : 1))
}

function holdStage({ name, digest }: PortsContract, { range, of, port }: FixedPort): Stage {
  const { protocol, addresses } = range
  const owner = ownerOf(range, of)
  const command = portsCommand('hold', {
    contract: name,
    digest,
    ramp: THIS_RAMP,
    range: range.name,
    owner,
    claim: { protocol, addresses, port },
  })
  // Whoever has it already by an earlier ramp goes on having it: that is the same claim, made again.
  const states = ['held', 'assigned', 'ready', 'active']
  return {
    ...PLAIN,
    name: holdStageOf(of),
    needs: [{ stage: POLICY_STAGE, until: 'ready' }],
    command,
    compensation: portsCommand('withdraw', { contract: name, owner, onlyByRamp: THIS_RAMP }),
    conditions: [
      portsCondition('held', {
        port,
        protocol,
        addresses,
        service: owner.service,
        name: owner.port,
        state: protocol === 'udp' ? ['reserved', ...states] : states,
      }),
    ],
  }
}

/**
 * For whom a fixed port is held. A word that stands for several is left to whoever claims it, and what a
 * component's name says of its environment is not said twice: it claims without.
 */
function ownerOf(
  range: DefinedRange,
  of: string,
): { readonly service: string; readonly port: string } & Readonly<Record<string, string>> {
  const { environment, tenant, scope } = range.for
  const served = servicePortOf(of)
  const own = environment === environmentOf(served) ? {} : { environment }
  const words = Object.entries({ ...own, tenant, scope }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[1].endsWith('*'),
  )
  return { ...served, ...Object.fromEntries(words) }
}
