/** A front as it is known, whoever carries it, and which leases belong to it. */
import { Fault } from '../../core/fault/fault.ts'
import type { CarriedFront } from '../../core/port/carried-front.ts'
import type { EnforcedPorts } from '../../core/port/enforced-ports.ts'
import { reachedBy } from '../../core/port/port-claim.ts'
import type { PortLease, PortOwner } from '../../core/port/port-lease.ts'
import { printServicePort } from '../../core/port/port-owner.ts'
import type { Backend, DataPlane } from '../../seams/data-plane.ts'

/** Where a service is reached that has no front yet. */
export const FRONT_HOST = '127.0.0.1'

/** A front. Either its port is leased, or a proxy's that carries it. */
export interface KnownFront {
  readonly owner: Pick<PortOwner, 'service' | 'port'>
  readonly plane: DataPlane
  readonly lease?: PortLease
  readonly carried?: CarriedFront
}

/**
 * In whose name a front's port is leased: what a contract fixes for the service's port is held for the
 * service itself, and its front takes that up.
 */
export function ownerOfFront(
  service: string,
  port: string,
  enforced: Pick<EnforcedPorts, 'all'>,
): PortOwner {
  const name = printServicePort({ service, port })
  const isFixed = enforced
    .all()
    .some(({ policy }) => policy.ranges.some(({ fixed }) => fixed[name] !== undefined))
  return isFixed ? { service, port } : { service, port, instance: 'front' }
}

/** Whether a lease is that of a front. */
export function isFront(lease: PortLease): boolean {
  return lease.front !== undefined && lease.state !== 'cooling'
}

/** Whether a lease is one of a start behind this front. */
export function isStartOf(
  front: Pick<KnownFront, 'owner'>,
  { owner, front: own }: PortLease,
): boolean {
  const { service, port } = front.owner
  return own === undefined && owner.service === service && owner.port === port
}

/** What a front is called at its plane: `shop/api/http`. */
export function frontName({ owner }: Pick<KnownFront, 'owner'>): string {
  return printServicePort(owner)
}

/** Where it is reached: at the first address of its claim, and by loopback if that is every one. */
export function hostOfFront({ lease, carried }: KnownFront): string {
  const [first = FRONT_HOST] = lease?.claim.addresses ?? []
  return carried?.host ?? reachedBy(first)
}

/** The ramp that opened it, as far as that is known. */
export function rampOf({ lease, carried }: KnownFront): string | undefined {
  return lease?.ramp ?? carried?.ramp
}

/** The first address of the claim wherever that one is served, so that it stays what it was. */
export function backendOf({ id, claim, servedAt }: PortLease): Backend {
  const [first = FRONT_HOST] = claim.addresses
  const [served = first] = servedAt ?? []
  return { id, address: servedAt?.includes(first) === false ? served : first, port: claim.port }
}

/** Whether a lease is still that of a start: who has died, or lost its port, is none any more. */
export function isThere({ state }: Pick<PortLease, 'state'>): boolean {
  return state !== 'cooling' && state !== 'stolen'
}

/** A front is carried by another one than is asked for. @param how `a process of its own` */
export function carriedOtherwise(service: string, how: string): Fault {
  return refused(service, `It is carried by ${how}; bring it down before another one carries it.`)
}

/** A front lets nobody in. */
export function shutFront(service: string, hint: string): Fault {
  const operation = 'open a front'
  return new Fault({ code: 'certificate-unusable', operation, subject: service, hint })
}

/** A front cannot be had as it is asked for. */
export function refused(service: string, hint: string): Fault {
  return new Fault({ code: 'port-refused', operation: 'open a front', subject: service, hint })
}

/** All of it took longer than it may. */
export function tooLate(service: string, hint: string): Fault {
  const operation = 'send traffic to another start'
  return new Fault({ code: 'port-refused', operation, subject: service, hint })
}

/** Nothing is leased to that start. */
export function unknownStart(service: string, start: string): Fault {
  return new Fault({
    code: 'lease-unknown',
    operation: 'send traffic to a start',
    subject: service,
    hint: `Its start ${start} has no port that is leased to it.`,
  })
}
