/**
 * What Envoy calls a cluster is one port of one service: `shop/api/http`, or the same as a name with
 * dots, `http.api.shop`, where worktree and environment can follow. A cluster that nobody serves is
 * there, and has no hosts: Envoy would wait for one that is not there at all.
 */
import type { Endpoint, Endpoints } from '../../../seams/endpoints.ts'
import { ServiceLookup } from '../http/service-lookup.ts'
import { tagOf } from '../http/service-view.ts'
import { oneAddressEach } from '../instances.ts'
import { type HomeNames, labelOf } from '../service-name.ts'

/** Who serves a cluster. */
export interface ClusterAssignment {
  /** As it was asked for. */
  readonly clusterName: string
  readonly hosts: readonly Pick<Endpoint, 'protocol' | 'address' | 'number'>[]
  /** Of the hosts alone, so that it is the same after a restart. */
  readonly version: string
}

/** The type of everything that is told here. */
export const ASSIGNMENT_TYPE = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment'

/** Assignments by name, worked out once for each state of the endpoints. */
export class ClusterAssignments {
  readonly #endpoints: Endpoints
  readonly #home: HomeNames
  readonly #known = new Map<string, ClusterAssignment>()
  #index = -1
  #lookup: ServiceLookup

  constructor(endpoints: Endpoints, home: HomeNames = {}) {
    this.#endpoints = endpoints
    this.#home = home
    this.#lookup = new ServiceLookup([], home)
  }

  find(clusterName: string): ClusterAssignment {
    const { index } = this.#endpoints
    if (index !== this.#index) {
      this.#index = index
      this.#lookup = new ServiceLookup(this.#endpoints.list(), this.#home)
      this.#known.clear()
    }
    const known = this.#known.get(clusterName)
    if (known !== undefined) return known
    const hosts = oneAddressEach(ofOneProtocol(this.#search(clusterName)))
    const words = hosts.map(({ protocol, address, number }) => [protocol, address, number])
    const found = { clusterName, hosts, version: tagOf(JSON.stringify(words)) }
    this.#known.set(clusterName, found)
    return found
  }

  #search(clusterName: string): readonly Endpoint[] {
    const slash = clusterName.lastIndexOf('/')
    if (slash >= 0) {
      const [name, port] = [clusterName.slice(0, slash), clusterName.slice(slash + 1)]
      return this.#lookup.find({ name, port })
    }
    const dot = clusterName.indexOf('.')
    const label = clusterName.slice(0, Math.max(dot, 0)).toLowerCase()
    const found = this.#lookup.find({ name: clusterName.slice(dot + 1) })
    return found.filter((one) => labelOf(one.port) === label)
  }
}

/** One text for the state of several clusters. */
export function versionOf(assignments: readonly ClusterAssignment[]): string {
  return tagOf(JSON.stringify(assignments.map((one) => [one.clusterName, one.version])))
}

/** A cluster is spoken to in one way: by TCP where a port has both. */
function ofOneProtocol(found: readonly Endpoint[]): readonly Endpoint[] {
  const byTcp = found.filter(({ protocol }) => protocol === 'tcp')
  return byTcp.length > 0 ? byTcp : found
}
