/**
 * The doors of discovery that a daemon opens, by one variable: `RAMPART_DISCOVERY="http=4690 dns=8600"`.
 * Without it none is open. They listen on this machine's loopback addresses alone.
 */
import { Fault } from '../core/fault/fault.ts'
import type { Discovery, DiscoveryDoors } from '../edge/discovery/server/open-discovery.ts'
import { SystemRandom } from '../random/system-random.ts'
import type { Clock } from '../seams/clock.ts'
import type { PortBroker } from '../seams/port-broker.ts'
import type { Log } from '../telemetry/log-about.ts'

/** What they are opened with. */
export interface DaemonDiscoveryOptions {
  readonly broker: PortBroker
  readonly clock: Clock
  readonly settings: Readonly<Record<string, string>>
  readonly log: Log
  onTrouble(error: unknown): void
}

const VARIABLE = 'RAMPART_DISCOVERY'
const DOORS = ['http', 'dns', 'envoy', 'localhost'] as const

/**
 * Opens them; undefined when none is asked for, or one cannot be had: that is no reason for a daemon
 * not to start, and is logged.
 *
 * @throws address-unusable when the variable does not say which doors
 */
export async function openDaemonDiscovery(
  options: DaemonDiscoveryOptions,
): Promise<Discovery | undefined> {
  const { settings, log, ...parts } = options
  const text = settings[VARIABLE]
  if (text === undefined || text.trim() === '') return undefined
  const doors = parseDoors(text)
  const { Discovery } = await import('../edge/discovery/server/open-discovery.ts')
  try {
    const discovery = await Discovery.open({ ...parts, random: new SystemRandom(), doors })
    log(`Discovery is open: ${text.trim()}.`)
    return discovery
  } catch (thrown) {
    parts.onTrouble(thrown)
    return undefined
  }
}

/** The doors that a text names, each with its port. @throws address-unusable */
export function parseDoors(text: string): DiscoveryDoors {
  const doors = text.trim().split(/[\s,]+/)
  return Object.fromEntries(
    doors.map((word) => {
      const [name = '', port = ''] = word.split('=')
      const isDoor = DOORS.some((door) => door === name)
      if (isDoor && /^\d{1,5}$/.test(port) && Number(port) <= 65_535)
        return [name, { port: Number(port) }]
      throw new Fault({
        code: 'address-unusable',
        operation: 'open discovery',
        subject: VARIABLE,
        hint: `${JSON.stringify(word)} is no door and port; write for example ${VARIABLE}="http=4690 dns=8600 localhost=4680 envoy=18000".`,
      })
    }),
  )
}
