/**
 * A front of our own as it is opened: what its plane is told of it, and whether it can speak TLS as it is
 * asked to. That is found out before anything is recorded, and never changes under its clients.
 */
import type { FrontTls } from '../../core/port/front-tls.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { readFrontTls } from '../forwarder/front-tls.ts'
import type { PlaneFront } from './front-plane.ts'
import { frontName, type KnownFront, refused } from './known-front.ts'

/** How the fronts of a service are opened. */
export interface OpenedHow {
  /** The ramp that asks. */
  readonly ramp?: string
  /** What whoever asks is called: their own name, those of their groups and roles. */
  readonly by?: readonly string[]
  /** Where their TLS comes from; absent: they speak none. */
  readonly tls?: FrontTls
}

/** What a plane is told of the front that a lease is. */
export function asOpened(front: PortLease): PlaneFront {
  const { claim, state, id, front: mode = 'tcp', tls } = front
  const { addresses, port } = claim
  // Where no socket can be held, whoever carries it listens by itself.
  const leases = state === 'reserved' ? [] : [id]
  const name = frontName(front)
  return { name, mode, addresses, port, leases, ...(tls === undefined ? {} : { tls }) }
}

/**
 * Nothing, where fronts can be had so.
 *
 * @throws port-refused when they are open in another way, certificate-unusable
 */
export function checkOpened(
  service: string,
  known: readonly Pick<KnownFront, 'lease'>[],
  { how, nowMs }: { readonly how: OpenedHow; readonly nowMs: number },
): void {
  const wanted = speechOf(how.tls)
  const other = known.flatMap(({ lease }) => (lease === undefined ? [] : [speechOf(lease.tls)]))
  const before = other.find((speech) => speech !== wanted)
  if (before !== undefined) {
    throw refused(
      service,
      `Its front speaks ${before}, and its clients with it; bring it down before it speaks ${wanted}.`,
    )
  }
  if (how.tls !== undefined) readFrontTls(how.tls, nowMs)
}

function speechOf(tls: FrontTls | undefined): string {
  if (tls === undefined) return 'no TLS'
  return tls.clientCa === undefined ? 'TLS' : 'TLS that asks clients for certificates'
}
