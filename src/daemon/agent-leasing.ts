/**
 * Ports as an agent leases them: in a ledger of its own, which holds nothing but what became of the
 * ports of its machine. The server's ledger says what was decided; whose a port is here has to be known
 * here, also while no server can be reached. Doors of discovery tell of it, as a daemon's do.
 */
import { join } from 'node:path'
import { present } from '../core/fault/assert.ts'
import { isFault } from '../core/fault/fault.ts'
import { SystemRandom } from '../random/system-random.ts'
import type { Kernel } from '../runtimes/process/kernel/kernel.ts'
import type { Clock } from '../seams/clock.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import { openDaemonDiscovery } from './daemon-discovery.ts'
import { type Leasing, openLeasing } from './daemon-leasing.ts'
import { DamagedLedger } from './daemon-ledger.ts'
import { describeTrouble } from './daemon-log.ts'
import { openFileLedger } from './daemon-store.ts'

/** What it is opened with. */
export interface AgentLeasingOptions {
  readonly place: DaemonPlace
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly kernel: Kernel
  log(line: string): void
  onTrouble(error: unknown): void
}

/** What an agent leases ports by. */
export interface AgentLeasing {
  /** Absent with a damaged ledger: nothing could be recorded. */
  readonly leasing?: Leasing
  /** Lets go: what is held stays held, and what carries traffic goes on. */
  close(): Promise<void>
}

/**
 * Opens it, and takes up what an earlier agent had. Only the holder of the workspace's lock may. With a
 * damaged ledger nothing is leased, and the log says so.
 *
 * @throws ledger-unavailable, ledger-newer
 */
export async function openAgentLeasing(options: AgentLeasingOptions): Promise<AgentLeasing> {
  try {
    return await open(options)
  } catch (error) {
    if (!isFault(error, 'ledger-corrupt')) throw error
    const without = 'Ports are not leased, and nothing is replaced without a gap'
    options.log(`${without}: ${describeTrouble(error)}`)
    return { close: async () => undefined }
  }
}

async function open(options: AgentLeasingOptions): Promise<AgentLeasing> {
  const { settings, clock } = options
  // A folder of its own, so that no command takes the agent's for one that a daemon serves.
  const place = { ...options.place, folder: join(options.place.folder, 'agent') }
  const ledger = openFileLedger({ place, settings, clock })
  try {
    if (ledger instanceof DamagedLedger) throw ledger.damage
    const leasing = present(await openLeasing({ ...options, place, ledger }), 'it is whole')
    // Files are those of the folder, whoever's daemon or agent works there.
    const { workspace } = options.place
    const told = { ...options, workspace, random: new SystemRandom() }
    const discovery = await openDaemonDiscovery({ ...told, leasing })
    const close = async (): Promise<void> => {
      await discovery?.close()
      await leasing.close()
      await ledger.close()
    }
    return { leasing, close }
  } catch (error) {
    await ledger.close()
    throw error
  }
}
