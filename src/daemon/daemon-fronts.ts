/** The fronts of a daemon: the built-in data plane over the daemon's own leases. */
import { ForwarderPlane } from '../edge/forwarder/forwarder-plane.ts'
import { Fronts } from '../edge/fronts/fronts.ts'
import { type LocalPortBroker, portsFolderOf } from '../ports/broker.ts'
import { identityOf, type Kernel } from '../runtimes/process/kernel/kernel.ts'
import type { Clock } from '../seams/clock.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { Log } from '../telemetry/log-about.ts'

/** What they are opened with. */
export interface DaemonFrontsOptions {
  readonly place: DaemonPlace
  readonly ports: LocalPortBroker
  readonly clock: Clock
  readonly kernel: Kernel
  readonly log: Log
  onTrouble(error: unknown): void
}

/** The fronts, and how to let go of them. */
export interface DaemonFronts {
  readonly fronts: Fronts
  /** What carries traffic goes on. */
  leave(): Promise<void>
}

/** Opens them, and takes up those that an earlier daemon had opened. */
export async function openDaemonFronts(options: DaemonFrontsOptions): Promise<DaemonFronts> {
  const { place, ports: broker, clock, kernel, log, onTrouble } = options
  const folder = portsFolderOf(place.folder)
  const plane = new ForwarderPlane({ folder, spawner: broker, clock, log })
  const identify = (pid: number) => identityOf(kernel, pid)
  const fronts = new Fronts({ broker, plane, identify, onTrouble })
  await fronts.takeUp()
  return {
    fronts,
    leave: async () => {
      await fronts.leave()
      plane.leave()
    },
  }
}
