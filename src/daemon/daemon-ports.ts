/** The broker of a daemon: leases ports of this machine in the daemon's own ledger. */
import { hostname } from 'node:os'
import { type LocalPortBroker, openPortBroker, portsFolderOf } from '../ports/broker.ts'
import { isPortFree } from '../runtimes/placement/ports.ts'
import type { Clock } from '../seams/clock.ts'
import type { KernelProcesses } from '../seams/kernel-processes.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { Log } from '../telemetry/log-about.ts'
import { DamagedLedger } from './daemon-ledger.ts'

/** What it is opened with. */
export interface DaemonPortsOptions {
  readonly place: DaemonPlace
  readonly ledger: Ledger
  /** What this daemon is called among those that share the ledger. @default it has its own */
  readonly replica?: string
  readonly clock: Clock
  readonly processes: KernelProcesses
  readonly log: Log
  onTrouble(error: unknown): void
}

/**
 * Opens it; undefined where the ledger is damaged, since nothing could be recorded. Only the holder of
 * the workspace's lock may.
 */
export async function openDaemonPorts(
  options: DaemonPortsOptions,
): Promise<LocalPortBroker | undefined> {
  const { place, replica, ...parts } = options
  if (parts.ledger instanceof DamagedLedger) return undefined
  return await openPortBroker({
    ...parts,
    folder: portsFolderOf(place.folder),
    // A stream has one writer: of daemons that share a ledger, each one writes its own.
    host: replica === undefined ? hostname() : `${hostname()}/${replica}`,
    salt: place.folder,
    isFree: isPortFree,
  })
}
