/** Further names of services' ports, as Ports contracts give them. */
import type { PortRules } from './enforced-ports.ts'
import { printServicePort } from './port-owner.ts'

/** A further name of a port: `api` for the port `http` of `shop/api`. */
export interface PortAlias {
  readonly name: string
  readonly service: string
  readonly port: string
}

/** The names that are in force; of two contracts the one that came first says what a name means. */
export function aliasesOf(all: readonly PortRules[]): readonly PortAlias[] {
  const byName = new Map<string, PortAlias>()
  for (const alias of all.flatMap(({ names = [] }) => names)) {
    if (!byName.has(alias.name)) byName.set(alias.name, alias)
  }
  return [...byName.values()]
}

/** Why a contract cannot have these names: another one in force gives one of them to another port. */
export function whyNameTaken(
  contract: string,
  names: readonly PortAlias[],
  all: readonly PortRules[],
): string | undefined {
  for (const other of all.filter((rules) => rules.contract !== contract)) {
    for (const { name, ...wanted } of names) {
      const theirs = other.names?.find((alias) => alias.name === name)
      if (theirs === undefined || printServicePort(theirs) === printServicePort(wanted)) continue
      return (
        `${name} cannot mean ${printServicePort(wanted)}: it means ${printServicePort(theirs)} ` +
        `by ${other.contract}, which is in force.`
      )
    }
  }
  return undefined
}
