/** What Rampart's own data plane can do besides moving traffic: it is opened and closed. */
import type { FrontTls } from '../../core/port/front-tls.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { transitionFor, WAITING_MOST_MS } from '../../core/port/port-transition.ts'
import type { DataPlane } from '../../seams/data-plane.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type { Access } from '../forwarder/access.ts'

/** What is forwarded: requests, or connections that are not looked into. */
export type Forwarded = 'http' | 'tcp'

/** A front as its plane is told of it. */
export interface PlaneFront {
  readonly name: string
  readonly mode: Forwarded
  readonly addresses: readonly string[]
  readonly port: number
  readonly leases: readonly string[]
  /** The TLS that it ends; absent: it speaks none. */
  readonly tls?: FrontTls
  /** How long clients wait while nobody serves; absent: as it sees fit. @unit ms */
  readonly waitMs?: number
}

/** A data plane whose fronts are opened here. */
export interface FrontPlane extends DataPlane {
  /** One whose TLS cannot be had is shut, and opens by itself once that can. */
  open(front: PlaneFront): Promise<void>
  close(front: string): Promise<void>
  /** From now on these rules count at every front, and these processes are known. */
  setAccess(access: Access): Promise<void>
  /** The process that carries a front, if it is there. */
  pidOf(front: string): number | undefined
  /** Why a front lets nobody in, though its process is there; undefined: it does. */
  shutBecause(front: string): string | undefined
  /** Told when a process is there again, and when one begins or ends to let nobody in. @returns stops */
  onChanged(listener: () => void): () => void
}

/** While nobody serves, clients wait as long as a failover may take, where a contract says that. */
export function waitAt(
  front: PortLease,
  { enforced }: Pick<PortBroker, 'enforced'>,
): { readonly waitMs?: number } {
  const failover = transitionFor(front, 'failover', enforced)
  return failover === undefined ? {} : { waitMs: Math.min(failover.deadlineMs, WAITING_MOST_MS) }
}
