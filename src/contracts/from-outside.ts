/** What a contract takes from outside: settings, regions, targets. Kinds that take nothing have none. */
import type { EnvironmentDefinition } from './environment/definition.ts'
import type { AnyContract } from './index.ts'

/** What is given to a contract by whoever runs it. */
export type FromOutside = Pick<EnvironmentDefinition, 'settings' | 'regions' | 'targets'>

const NOTHING: FromOutside = { settings: [], regions: [], targets: [] }

/** What a contract of any kind takes from outside. */
export function fromOutside(contract: Pick<AnyContract, 'kind' | 'definition'>): FromOutside {
  return contract.kind === 'Environment' ? (contract.definition as EnvironmentDefinition) : NOTHING
}
