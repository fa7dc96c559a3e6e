/** What a broker's leases say about who is ready, kept in an endpoint table for as long as it is wanted. */
import type { CarriedFront } from '../../core/port/carried-front.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { servingKey } from '../../core/port/port-owner.ts'
import type { Endpoint } from '../../seams/endpoints.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type { EndpointTable } from './endpoint-table.ts'

/** Those who are told of: the kernel has confirmed that the owner listens. */
const TOLD = new Set<PortLease['state']>(['ready', 'active'])

/** By what address others reach what listens on every address. */
const REACHED_BY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Keeps the table as the leases are. @returns stops; idempotent, and leaves the table as it is */
export function followBroker(
  broker: Pick<PortBroker, 'leases' | 'onChanged'> & Partial<Pick<PortBroker, 'carried'>>,
  table: EndpointTable,
): () => void {
  const look = (): void => table.set(readyEndpoints(broker.leases(), broker.carried?.all() ?? []))
  const stop = broker.onChanged(look)
  look()
  return stop
}

/**
 * The endpoints of the leases whose owners are ready. Where a service's port has a front, that is what
 * is told of, while anybody behind it is ready: whoever went past it would not be moved with the rest.
 */
export function readyEndpoints(
  leases: readonly PortLease[],
  carried: readonly CarriedFront[] = [],
): readonly Endpoint[] {
  const told = leases.filter((lease) => TOLD.has(lease.state))
  const [fronts, starts] = [told.filter(isFront), told.filter((lease) => !isFront(lease))]
  const proxies = carried.map((front) => [servingKey(front), front] as const)
  const fronted = new Set([
    ...fronts.map(({ owner }) => servingKey(owner)),
    ...proxies.map(([key]) => key),
  ])
  const served = new Set(starts.map(({ owner }) => servingKey(owner)))
  const shown = told.filter((lease) => {
    const key = servingKey(lease.owner)
    return isFront(lease) ? served.has(key) : !fronted.has(key)
  })
  const reached = proxies.flatMap(([key, front]) => (served.has(key) ? [proxyEndpoint(front)] : []))
  return [...shown.flatMap(endpointsOf), ...reached]
}

function proxyEndpoint({ service, port, host: address, number }: CarriedFront): Endpoint {
  return { service, port, protocol: 'tcp', address, number }
}

function isFront({ front }: PortLease): boolean {
  return front !== undefined
}

/** Whose owners are about to be ready, or were just now: whoever asks for them may wait. */
const EXPECTED = new Set<PortLease['state']>(['reserved', 'held', 'assigned', 'draining'])

/** Like {@link followBroker}, of those who are not ready and yet known. */
export function followExpected(
  broker: Pick<PortBroker, 'leases' | 'onChanged'>,
  table: EndpointTable,
): () => void {
  const look = (): void => {
    const leases = broker.leases().filter((lease) => EXPECTED.has(lease.state) || isFront(lease))
    table.set(leases.flatMap(endpointsOf))
  }
  const stop = broker.onChanged(look)
  look()
  return stop
}

/** The endpoints of the leases that get nothing new, and finish what they have. */
export function drainingEndpoints(leases: readonly PortLease[]): readonly Endpoint[] {
  return leases.filter((lease) => lease.state === 'draining').flatMap(endpointsOf)
}

/** One for every address by which the owner is reached, which need not be all that it has. */
function endpointsOf(lease: PortLease): readonly Endpoint[] {
  const { protocol, port: number } = lease.claim
  const addresses = (lease.servedAt ?? lease.claim.addresses).map(
    (address) => REACHED_BY[address] ?? address,
  )
  // A front is no instance: it stands for all of them.
  const { instance, ...owner } = lease.owner
  const words = instance === undefined || isFront(lease) ? owner : { ...owner, instance }
  return [...new Set(addresses)].map((address) => ({ ...words, protocol, address, number }))
}
