/**
 * Which port of which service a name below `localhost` means. `api.shop.localhost` is the service
 * `shop/api`: its only port, or the one called `http`; `metrics.api.shop.localhost` is its port of that
 * name; worktree and environment follow as in every name. A service goes before a port of a shorter one.
 */
import type { Endpoint } from '../../../seams/endpoints.ts'
import { byOwnName } from '../own-first.ts'
import { groupByName, type HomeNames, labelOf, type Named } from '../service-name.ts'

/** A port that somebody has, or is about to have. */
export type ServedPort = Named & Pick<Endpoint, 'port'>

/** What a name means. */
export type Meaning =
  | { readonly verdict: 'port'; readonly served: ServedPort }
  /** A service with several ports, none of them called `http`. */
  | { readonly verdict: 'several'; readonly names: readonly string[] }
  | { readonly verdict: 'unknown' }

/** Taken where a service has several ports and none is named. */
const USUAL = 'http'

/** All names of a list of ports. */
export class LocalNames {
  readonly #groups: ReadonlyMap<string, readonly ServedPort[]>

  constructor(all: readonly ServedPort[], home: HomeNames = {}) {
    this.#groups = groupByName(all, home)
  }

  /** What a name, without `localhost`, means. */
  find(name: string): Meaning {
    const whole = this.#groups.get(name)
    if (whole !== undefined) return chooseUsual(name, whole)
    const dot = name.indexOf('.')
    const label = name.slice(0, Math.max(dot, 0))
    const rest = this.#groups.get(name.slice(dot + 1)) ?? []
    const served = rest.find((one) => labelOf(one.port) === label)
    return served === undefined ? { verdict: 'unknown' } : { verdict: 'port', served }
  }

  /** Every name by which a port can be asked for, the shortest that means it alone, in order. */
  list(): readonly string[] {
    const names = [...this.#groups].flatMap(([name, group]) => {
      const meaning = chooseUsual(name, group)
      return meaning.verdict === 'port' ? [name] : namesOfPorts(name, group)
    })
    return names.sort()
  }
}

/** The words of a port that tell it from every other, as one text; by whatever name it was found. */
export function servedKey(served: ServedPort): string {
  const { service, port, environment, tenant, scope } = byOwnName(served)
  return JSON.stringify([service, port, environment ?? null, tenant ?? null, scope ?? null])
}

function chooseUsual(name: string, group: readonly ServedPort[]): Meaning {
  const [first] = group
  const isOne = group.every((one) => one.port === first?.port)
  const served = isOne ? first : group.find((one) => one.port === USUAL)
  if (served !== undefined) return { verdict: 'port', served }
  return { verdict: 'several', names: namesOfPorts(name, group) }
}

function namesOfPorts(name: string, group: readonly ServedPort[]): readonly string[] {
  return [...new Set(group.map((one) => `${labelOf(one.port)}.${name}`))].sort()
}
