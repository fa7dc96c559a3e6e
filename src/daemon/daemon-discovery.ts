/**
 * The doors of discovery that a daemon opens, by one variable: `RAMPART_DISCOVERY="http=4690 env=.env"`.
 * Without it none is open. They listen on this machine's loopback addresses alone. Variables are told for
 * the daemon's own `RAMPART_SCOPE`.
 */
import { Fault, isFault } from '../core/fault/fault.ts'
import type { Discovery } from '../edge/discovery/server/open-discovery.ts'
import type { Clock } from '../seams/clock.ts'
import type { Random } from '../seams/random.ts'
import { DISCOVERY_VARIABLE, SCOPE_VARIABLE } from '../server/client/daemon-place.ts'
import type { Log } from '../telemetry/log-about.ts'
import type { Leasing } from './daemon-leasing.ts'

/** What they are opened with. */
export interface DaemonDiscoveryOptions {
  readonly leasing: Pick<Leasing, 'broker' | 'mayConnect'>
  readonly clock: Clock
  readonly random: Random
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
  const { settings, log, workspace, leasing, ...parts } = options
  const { broker, mayConnect } = leasing
  const text = settings[DISCOVERY_VARIABLE]?.trim() ?? ''
  if (text === '') return undefined
  try {
    const { parseDoors } = await import('./discovery-doors.ts')
    const { Discovery } = await import('../edge/discovery/server/open-discovery.ts')
    const scope = settings[SCOPE_VARIABLE] ?? ''
    const doors = parseDoors(text, workspace, scope === '' ? {} : { scope })
    const discovery = await Discovery.open({ ...parts, broker, mayConnect, doors })
    log(`Discovery is open: ${text}.`)
    return discovery
  } catch (thrown) {
    parts.onTrouble(whyClosed(thrown, text))
    return undefined
  }
}

/** Which door it was that cannot be opened; everything else is told as it is. */
function whyClosed(thrown: unknown, text: string): unknown {
  const { code, port, address } = (thrown ?? {}) as Readonly<Record<string, unknown>>
  if (isFault(thrown) || typeof port !== 'number') return thrown
  const taken = `somebody else has it; \`rampart ports explain ${port}\` may say who`
  return new Fault({
    code: 'address-unusable',
    operation: 'open discovery',
    subject: `${address}:${port}`,
    hint:
      `Port ${port} cannot be listened on: ${code === 'EADDRINUSE' ? taken : code}. ` +
      `None of ${text} is open.`,
    cause: thrown,
  })
}
