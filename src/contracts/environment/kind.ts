/** The kind of contract that brings components up and down in order, each on proof. */
import type { ContractKind } from '../contract.ts'
import type { EnvironmentDefinition } from './definition.ts'
import { explainEnvironment } from './explain.ts'
import { parseEnvironment } from './parse.ts'
import { partFiles, withoutParts, withParts } from './part.ts'
import { ENVIRONMENT_GOALS, nextGoal, planEnvironment } from './plan.ts'
import { aimEnvironment } from './target.ts'
import { touchedOwners } from './touched-owners.ts'
import { writtenEnvironment } from './written.ts'

/** Environments. */
export const environmentKind: ContractKind<'Environment', EnvironmentDefinition> = {
  kind: 'Environment',
  summary: 'Components, and the order in which they come up and go down, each on proof.',
  schema: writtenEnvironment,
  goals: ENVIRONMENT_GOALS,
  parse: parseEnvironment,
  parts: { files: partFiles, fill: withParts, bare: withoutParts },
  plan: planEnvironment,
  next: nextGoal,
  aim: (contract, target) => ({ ...contract, definition: aimEnvironment(contract, target) }),
  touched: touchedOwners,
  explain: explainEnvironment,
}
