/**
 * Further names of services' ports, as discovery tells of them: an endpoint under such a name is the same
 * as its service's, and says whose it is. A name that a service has itself never means another one.
 */

import type { PortAlias } from '../../core/port/port-alias.ts'
import { printServicePort } from '../../core/port/port-owner.ts'
import type { Endpoint } from '../../seams/endpoints.ts'
import { labelOf } from './service-name.ts'

/** The words beside a service by which its name is told from that of others. */
type Served = Pick<Endpoint, 'service' | 'environment' | 'tenant' | 'scope'>

/**
 * The endpoints that these names add. `services` are all that are known, ready or not: a name does not
 * change what it means because the service that it belongs to is starting anew.
 */
export function namedEndpoints(
  endpoints: readonly Endpoint[],
  names: readonly PortAlias[],
  services: readonly Served[],
): readonly Endpoint[] {
  if (names.length === 0) return []
  const byPort = Map.groupBy(names, printServicePort)
  const taken = new Set(services.map((one) => nameKey(one, labelOf(one.service))))
  return endpoints.flatMap((one) =>
    (byPort.get(printServicePort(one)) ?? [])
      .filter(({ name }) => !taken.has(nameKey(one, name)))
      .map(({ name }) => ({ ...one, service: name, aliasOf: one.service })),
  )
}

function nameKey({ environment, tenant, scope }: Served, name: string): string {
  return JSON.stringify([environment ?? null, tenant ?? null, scope ?? null, name])
}
