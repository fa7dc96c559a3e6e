/**
 * Ports as a daemon leases them: the broker in the daemon's own ledger, where components get theirs
 * from, and the fronts that carry traffic to components that are replaced without a gap.
 */
import { hostname } from 'node:os'
import { ForwarderPlane } from '../edge/forwarder/forwarder-plane.ts'
import type { MayConnect } from '../edge/forwarder/front.ts'
import { Carriers } from '../edge/fronts/carriers.ts'
import { Fronts } from '../edge/fronts/fronts.ts'
import { judgeAsFronts } from '../edge/fronts/judge-as-fronts.ts'
import { type LocalPortBroker, openPortBroker, portsFolderOf } from '../ports/broker.ts'
import { LeasedPorts } from '../runtimes/placement/leased-ports.ts'
import { isPortFree } from '../runtimes/placement/ports.ts'
import { identityOf, type Kernel } from '../runtimes/process/kernel/kernel.ts'
import type { Clock } from '../seams/clock.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { RunningProcesses } from '../seams/processes.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { Log } from '../telemetry/log-about.ts'
import { DamagedLedger } from './daemon-ledger.ts'

/** What it is opened with. */
export interface LeasingOptions {
  readonly place: DaemonPlace
  readonly ledger: Ledger
  /** What this daemon is called among those that share the ledger. @default it has its own */
  readonly replica?: string
  readonly clock: Clock
  readonly kernel: Kernel
  readonly log: Log
  onTrouble(error: unknown): void
}

/** What leases ports on this machine. */
export interface Leasing {
  readonly broker: LocalPortBroker
  readonly ports: LeasedPorts
  readonly fronts: Fronts
  /** Judges who comes by a proxy of this process as the fronts would. */
  readonly mayConnect: MayConnect
  /** Opens the fronts that an earlier daemon had; these components may come to them as the rules say. */
  takeUp(components: RunningProcesses): Promise<void>
  /** Lets go: what is held stays held, and what carries traffic goes on. */
  close(): Promise<void>
}

/**
 * Opens it, with the leases that an earlier daemon had; undefined where the ledger is damaged, since
 * nothing could be recorded. Only the holder of the workspace's lock may.
 */
export async function openLeasing(options: LeasingOptions): Promise<Leasing | undefined> {
  const { place, ledger, replica, clock, kernel, log, onTrouble } = options
  if (ledger instanceof DamagedLedger) return undefined
  const folder = portsFolderOf(place.folder)
  const broker = await openPortBroker({
    ...{ ledger, folder, clock, log, onTrouble },
    processes: kernel,
    // A stream has one writer: of daemons that share a ledger, each one writes its own.
    host: replica === undefined ? hostname() : `${hostname()}/${replica}`,
    salt: place.folder,
    isFree: isPortFree,
  })
  const plane = new ForwarderPlane({ folder, spawner: broker, clock, log })
  const identify = (pid: number) => identityOf(kernel, pid)
  const carriers = new Carriers({ kernel, clock, log })
  const fronts = new Fronts({ broker, plane, carriers, identify, onTrouble })
  const takeUp = (components: RunningProcesses): Promise<void> =>
    fronts.takeUp({ components, prober: identify(process.pid) })
  const ports = new LeasedPorts({ broker, onTrouble })
  const close = async (): Promise<void> => {
    await fronts.leave()
    plane.leave()
    await ports.settle()
    await broker.close()
  }
  return { broker, ports, fronts, mayConnect: judgeAsFronts(plane, kernel), takeUp, close }
}
