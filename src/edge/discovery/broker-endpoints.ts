/** What a broker's leases say about who is ready, kept in an endpoint table for as long as it is wanted. */
import type { CarriedFront } from '../../core/port/carried-front.ts'
import { aliasesOf, type PortAlias } from '../../core/port/port-alias.ts'
import { reachedBy } from '../../core/port/port-claim.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { servingKey } from '../../core/port/port-owner.ts'
import type { Endpoint } from '../../seams/endpoints.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type { EndpointTable } from './endpoint-table.ts'
import { namedEndpoints } from './named-ports.ts'

/** What is followed of a broker. */
export type FollowedBroker = Pick<PortBroker, 'leases' | 'onChanged'> & {
  readonly carried?: Pick<PortBroker['carried'], 'all'>
  readonly enforced?: Pick<PortBroker['enforced'], 'all'>
}

/** Those who are told of: the kernel has confirmed that the owner listens. */
const TOLD = new Set<PortLease['state']>(['ready', 'active'])

/** Keeps the table as the leases are. @returns stops; idempotent, and leaves the table as it is */
export function followBroker(broker: FollowedBroker, table: EndpointTable): () => void {
  return follow(broker, () => {
    const ready = readyEndpoints(broker.leases(), broker.carried?.all() ?? [])
    table.set([...ready, ...namedOf(broker, ready)])
  })
}

/**
 * The endpoints of the leases whose owners are ready. Where a service's port has a front, that is what
 * is told of, while anybody behind it is ready: whoever went past it would not be moved with the rest.
 * Of one that is shut nothing is told.
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
    ...leases.filter(endsTls).map(({ owner }) => servingKey(owner)),
  ])
  const served = new Set(starts.map(({ owner }) => servingKey(owner)))
  const shown = told.filter((lease) => {
    const key = servingKey(lease.owner)
    if (isFront(lease)) return served.has(key) && lease.shut === undefined
    return !fronted.has(key)
  })
  const reached = proxies.flatMap(([key, front]) => (served.has(key) ? [proxyEndpoint(front)] : []))
  return [...shown.flatMap(endpointsOf), ...reached]
}

function proxyEndpoint({ service, port, host: address, number }: CarriedFront): Endpoint {
  return { service, port, protocol: 'tcp', address, number }
}

/** What is behind such a front speaks no TLS, and is told to nobody, also while that is not ready. */
function endsTls({ tls, state }: PortLease): boolean {
  return tls !== undefined && state !== 'cooling'
}

function isFront({ front }: PortLease): boolean {
  return front !== undefined
}

/** Whose owners are about to be ready, or were just now: whoever asks for them may wait. */
const EXPECTED = new Set<PortLease['state']>(['reserved', 'held', 'assigned', 'draining'])

/** Like {@link followBroker}, of those who are not ready and yet known. */
export function followExpected(broker: FollowedBroker, table: EndpointTable): () => void {
  return follow(broker, () => {
    const [leases, cooling] = [
      broker.leases().filter(isExpected),
      broker.leases().filter(isCooling),
    ]
    const expected = leases.flatMap(endpointsOf)
    // Between two starts a further name is still known: whoever asks by it may wait as well.
    const known = [...expected, ...cooling.flatMap(endpointsOf)]
    table.set([...expected, ...namedOf(broker, known)])
  })
}

function isExpected(lease: PortLease): boolean {
  return EXPECTED.has(lease.state) || isFront(lease)
}

function isCooling({ state }: PortLease): boolean {
  return state === 'cooling'
}

/** The same under the further names that contracts in force give them. */
function namedOf(broker: FollowedBroker, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const names: readonly PortAlias[] = aliasesOf(broker.enforced?.all() ?? [])
  const owners = broker.leases().map(({ owner }) => owner)
  return namedEndpoints(endpoints, names, [...owners, ...(broker.carried?.all() ?? [])])
}

/** Looks now, and at every change. */
function follow(broker: Pick<PortBroker, 'onChanged'>, look: () => void): () => void {
  const stop = broker.onChanged(look)
  look()
  return stop
}

/** One for every address by which the owner is reached, which need not be all that it has. */
function endpointsOf(lease: PortLease): readonly Endpoint[] {
  const { protocol, port: number } = lease.claim
  const addresses = (lease.servedAt ?? lease.claim.addresses).map(reachedBy)
  // A front is no instance: it stands for all of them.
  const { instance, ...owner } = lease.owner
  const words = instance === undefined || isFront(lease) ? owner : { ...owner, instance }
  const tls = lease.tls === undefined ? {} : ({ tls: true } as const)
  return [...new Set(addresses)].map((address) => {
    return { ...words, protocol, address, number, ...tls }
  })
}
