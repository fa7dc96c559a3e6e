/** The kind of contract that says whose ports are whose, who may connect, and how they change hands. */
import type { ContractKind } from '../contract.ts'
import { checkTogether } from './check-together.ts'
import type { PortsDefinition } from './definition.ts'
import { explainPorts } from './explain.ts'
import { parsePorts } from './parse.ts'
import { PORTS_GOALS, planPorts } from './plan.ts'
import { writtenPorts } from './written.ts'

/** Ports. */
export const portsKind: ContractKind<'Ports', PortsDefinition> = {
  kind: 'Ports',
  summary: 'Ports: for whom they are, who may connect, and how they change hands.',
  schema: writtenPorts,
  goals: PORTS_GOALS,
  parse: parsePorts,
  together: checkTogether,
  plan: planPorts,
  explain: explainPorts,
}
