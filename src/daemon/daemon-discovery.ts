/**
 * The doors of discovery that a daemon opens, by one variable: `RAMPART_DISCOVERY="http=4690 env=.env"`.
 * Without it none is open. They listen on this machine's loopback addresses alone.
 */
import type { Discovery } from '../edge/discovery/server/open-discovery.ts'
import { SystemRandom } from '../random/system-random.ts'
import type { Clock } from '../seams/clock.ts'
import type { PortBroker } from '../seams/port-broker.ts'
import { DISCOVERY_VARIABLE } from '../server/client/daemon-place.ts'
import type { Log } from '../telemetry/log-about.ts'

/** What they are opened with. */
export interface DaemonDiscoveryOptions {
  readonly broker: PortBroker
  readonly clock: Clock
  readonly settings: Readonly<Record<string, string>>
  /** Where files are kept. */
  readonly workspace: string
  readonly log: Log
  onTrouble(error: unknown): void
}

/**
 * Opens them; undefined when none is asked for, or one cannot be had: that is no reason for a daemon
 * not to start, and is logged.
 */
export async function openDaemonDiscovery(
  options: DaemonDiscoveryOptions,
): Promise<Discovery | undefined> {
  const { settings, log, workspace, ...parts } = options
  const text = settings[DISCOVERY_VARIABLE]?.trim() ?? ''
  if (text === '') return undefined
  try {
    const { parseDoors } = await import('./discovery-doors.ts')
    const { Discovery } = await import('../edge/discovery/server/open-discovery.ts')
    const doors = parseDoors(text, workspace)
    const discovery = await Discovery.open({ ...parts, random: new SystemRandom(), doors })
    log(`Discovery is open: ${text}.`)
    return discovery
  } catch (thrown) {
    parts.onTrouble(thrown)
    return undefined
  }
}
