/** What Rampart's own data plane can do besides moving traffic: it is opened and closed. */
import type { DataPlane } from '../../seams/data-plane.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type { Access } from '../forwarder/access.ts'

/** What is forwarded: requests, or connections that are not looked into. */
export type Forwarded = 'http' | 'tcp'

/** A data plane whose fronts are opened here. */
export interface FrontPlane extends DataPlane {
  open(front: {
    readonly name: string
    readonly mode: Forwarded
    readonly addresses: readonly string[]
    readonly port: number
    readonly leases: readonly string[]
    /** How long clients wait while nobody serves; absent: as it sees fit. @unit ms */
    readonly waitMs?: number
  }): Promise<void>
  close(front: string): Promise<void>
  /** From now on these rules count at every front, and these processes are known. */
  setAccess(access: Access): Promise<void>
  /** The process that carries a front, if it is there. */
  pidOf(front: string): number | undefined
}

/** Who may come in, by the contracts in force and the processes that have ports. */
export function accessBy(broker: Pick<PortBroker, 'enforced' | 'leases'>): Access {
  const policies = broker.enforced.all().map(({ connect }) => connect)
  if (policies.length === 0) return { policies, processes: [] }
  const processes = broker
    .leases()
    .flatMap(({ owner, process, front }) =>
      process === undefined || front !== undefined ? [] : [{ service: owner.service, ...process }],
    )
  return { policies, processes }
}
