/**
 * The one way in which services become names with dots, for DNS and for `*.localhost`: `shop/api` is
 * `api.shop`, of the worktree `wt1` it is `api.shop.wt1`, in staging `api.shop.staging`. A name without
 * a scope never means a worktree's, whoever else is there or not; no name ever means a tenant's.
 */
import { createHash } from 'node:crypto'
import type { Endpoint } from '../../seams/endpoints.ts'
import { ownFirst } from './own-first.ts'

/** Whom short names mean. */
export interface HomeNames {
  /** Its services need not say their environment; who says none belongs to it. */
  readonly environment?: string
  /** With `shop`, the name `api` means `shop/api` too. */
  readonly prefix?: string
  /** Whose services are named; absent: those that are no tenant's. */
  readonly tenant?: string
}

/** What of an endpoint, or of a lease's owner, names it. */
export type Named = Pick<Endpoint, 'service' | 'aliasOf' | 'environment' | 'tenant' | 'scope'>

const LABEL_MAX = 63

/** Every name of a service, in lower case. */
export function namesOf(named: Named, home: HomeNames = {}): readonly string[] {
  const services = [dotted(named.service)]
  if (home.prefix !== undefined && named.service.startsWith(`${home.prefix}/`))
    services.push(dotted(named.service.slice(home.prefix.length + 1)))
  const scope = named.scope === undefined ? '' : `.${labelOf(named.scope)}`
  const environments = named.environment === undefined ? [''] : [`.${labelOf(named.environment)}`]
  if (named.environment !== undefined && named.environment === home.environment)
    environments.push('')
  return services.flatMap((service) =>
    environments.map((environment) => `${service}${scope}${environment}`),
  )
}

/**
 * Every name with the endpoints, or owners, that it means. Where several services have a name
 * (`staging/api`, and `api` in staging), it means the one with fewer words beside its service; one
 * whose own name it is goes before all that have it by a contract.
 */
export function groupByName<One extends Named>(
  all: readonly One[],
  home: HomeNames = {},
): ReadonlyMap<string, readonly One[]> {
  const groups = new Map<string, One[]>()
  for (const one of all.filter(({ tenant }) => tenant === home.tenant)) {
    for (const name of namesOf(one, home)) {
      const group = groups.get(name)
      if (group === undefined) groups.set(name, [one])
      else group.push(one)
    }
  }
  return new Map([...groups].map(([name, group]) => [name, chooseService(group, home)]))
}

/** A text as one label: lower case, digits, hyphens; long ones end in a part of their digest. */
export function labelOf(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const label = plain.replaceAll(/^-+|-+$/g, '') || 'x'
  if (label.length <= LABEL_MAX) return label
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${label.slice(0, LABEL_MAX - 9)}-${digest}`
}

/** Segments become labels, the last one first. */
function dotted(service: string): string {
  const segments = service.split('/').filter((segment) => segment !== '')
  return segments.map(labelOf).reverse().join('.')
}

function chooseService<One extends Named>(all: readonly One[], home: HomeNames): readonly One[] {
  const own = ownFirst(all)
  const identities = [...new Set(own.map((one) => identityOf(one, home)))].sort(fewestWords)
  return own.filter((one) => identityOf(one, home) === identities[0])
}

function identityOf(named: Named, home: HomeNames): string {
  const environment = named.environment === home.environment ? undefined : named.environment
  const words = [named.scope, environment].filter((word) => word !== undefined)
  return [words.length, named.service, named.scope ?? '', environment ?? ''].join('\0')
}

function fewestWords(one: string, other: string): number {
  return one < other ? -1 : 1
}
