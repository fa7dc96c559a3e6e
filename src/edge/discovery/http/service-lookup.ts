/**
 * Finds the endpoints that a query asks for, in one list of them. Names are worked out once for the
 * list and not for each who asks, so that a change with thousands waiting for it costs little.
 */
import type { Endpoint } from '../../../seams/endpoints.ts'
import { groupByName, type HomeNames } from '../service-name.ts'
import { QUERY_WORDS, type ServiceQuery } from './service-query.ts'

/** One list of endpoints, by service and by name. */
export class ServiceLookup {
  readonly #all: readonly Endpoint[]
  readonly #home: HomeNames
  #byService: ReadonlyMap<string, readonly Endpoint[]> | undefined
  readonly #byName = new Map<string | undefined, ReadonlyMap<string, readonly Endpoint[]>>()

  constructor(all: readonly Endpoint[], home: HomeNames = {}) {
    this.#all = all
    this.#home = home
  }

  /** Those that are asked for, in the order of the list. */
  find(query: ServiceQuery): readonly Endpoint[] {
    const named = query.name === undefined ? this.#all : this.#named(query.name, query)
    const words = QUERY_WORDS.filter((word) => query[word] !== undefined)
    return named.filter((one) => words.every((word) => one[word] === query[word]))
  }

  /**
   * Who names no scope gets no worktree's, and who names no environment gets the home's: a service's
   * own name means the same as its name with dots. A tenant's are found with the tenant alone.
   */
  #named(name: string, query: ServiceQuery): readonly Endpoint[] {
    const { environment, scope, tenant = this.#home.tenant } = query
    this.#byService ??= Map.groupBy(this.#all, (one) => one.service)
    const exact = (this.#byService.get(name) ?? []).filter((one) => {
      const isHere = one.environment === undefined || one.environment === this.#home.environment
      return (
        one.tenant === tenant &&
        (scope !== undefined || one.scope === undefined) &&
        (environment !== undefined || isHere)
      )
    })
    if (exact.length > 0) return exact
    return this.#namesOf(tenant).get(name.toLowerCase()) ?? []
  }

  #namesOf(tenant: string | undefined): ReadonlyMap<string, readonly Endpoint[]> {
    const known = this.#byName.get(tenant)
    if (known !== undefined) return known
    const home = tenant === undefined ? this.#home : { ...this.#home, tenant }
    const groups = groupByName(this.#all, home)
    this.#byName.set(tenant, groups)
    return groups
  }
}
