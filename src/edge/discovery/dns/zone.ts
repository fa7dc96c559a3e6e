/**
 * What names there are, and what each of them has: the zone as a table, made anew whenever the list
 * of endpoints has changed. A name that only has others below it is in the table with nothing.
 */
import type { Endpoint } from '../../../seams/endpoints.ts'
import { groupByName, type HomeNames, labelOf } from '../service-name.ts'
import { printAddress } from './ip-bytes.ts'

/** How names are made: `_http._tcp.api.shop` and `api.shop`, or as Consul does. */
export type ZoneStyle = 'plain' | 'consul'

/** Where a service listens: the name of an address below the same zone, and a port. */
export interface Place {
  readonly target: string
  readonly port: number
}

/** What a name has; no address and no place twice. */
export interface ZoneNode {
  readonly addresses: readonly string[]
  readonly places: readonly Place[]
}

/** Names relative to the zone (empty for the zone itself), each with what it has. */
export type ZoneTable = ReadonlyMap<string, ZoneNode>

/** Makes the table. */
export function makeZone(
  endpoints: readonly Endpoint[],
  style: ZoneStyle,
  home: HomeNames,
): ZoneTable {
  const zone = new ZoneBuilder()
  const told = endpoints.filter((one) => printAddress(one.address) !== undefined)
  for (const one of told) zone.addAddress(addressName(one.address), one.address)
  if (style === 'plain') addPlainNames(zone, told, home)
  else addConsulNames(zone, told, home)
  return zone.finish()
}

function addPlainNames(zone: ZoneBuilder, told: readonly Endpoint[], home: HomeNames): void {
  for (const [name, endpoints] of groupByName(told, home)) {
    for (const one of endpoints) {
      zone.addAddress(name, one.address)
      zone.addPlace(`_${labelOf(one.port)}._${one.protocol}.${name}`, one)
    }
  }
}

/**
 * `shop-api.service` with addresses and places, `http.shop-api.service` of that port alone, and
 * `_shop-api._http.service` with places; the environment is what Consul calls a datacenter. Worktrees
 * and tenants have no place in these names, so they are not told of.
 */
function addConsulNames(zone: ZoneBuilder, told: readonly Endpoint[], home: HomeNames): void {
  const unscoped = told.filter((one) => one.scope === undefined && one.tenant === home.tenant)
  for (const one of unscoped) {
    for (const service of consulServices(one.service, home)) {
      for (const suffix of consulSuffixes(one.environment, home)) {
        const port = labelOf(one.port)
        for (const name of [`${service}.${suffix}`, `${port}.${service}.${suffix}`]) {
          zone.addAddress(name, one.address)
          zone.addPlace(name, one)
        }
        zone.addPlace(`_${service}._${port}.${suffix}`, one)
        zone.addPlace(`_${service}._${one.protocol}.${suffix}`, one)
      }
    }
  }
}

function consulServices(service: string, home: HomeNames): readonly string[] {
  const short = service.startsWith(`${home.prefix}/`)
    ? [labelOf(service.slice(String(home.prefix).length + 1))]
    : []
  return [labelOf(service), ...short]
}

function consulSuffixes(environment: string | undefined, home: HomeNames): readonly string[] {
  if (environment === undefined) return ['service']
  const own = `service.${labelOf(environment)}`
  return environment === home.environment ? [own, 'service'] : [own]
}

/** Below the zone: only addresses that somebody listens on have such a name. */
function addressName(address: string): string {
  return `${printAddress(address)?.toString('hex')}.addr`
}

interface Growing {
  readonly addresses: Set<string>
  readonly places: Map<string, Place>
}

class ZoneBuilder {
  readonly #nodes = new Map<string, Growing>([['', { addresses: new Set(), places: new Map() }]])

  addAddress(name: string, address: string): void {
    this.#at(name).addresses.add(address)
  }

  addPlace(name: string, one: Endpoint): void {
    const target = addressName(one.address)
    this.#at(name).places.set(`${target}:${one.number}`, { target, port: one.number })
  }

  finish(): ZoneTable {
    const nodes = [...this.#nodes].map(([name, node]): [string, ZoneNode] => [
      name,
      { addresses: [...node.addresses], places: [...node.places.values()] },
    ])
    return new Map(nodes)
  }

  /** The node, with every name above it. */
  #at(name: string): Growing {
    const found = this.#nodes.get(name)
    if (found !== undefined) return found
    const node: Growing = { addresses: new Set(), places: new Map() }
    this.#nodes.set(name, node)
    const dot = name.indexOf('.')
    if (dot >= 0) this.#at(name.slice(dot + 1))
    return node
  }
}
