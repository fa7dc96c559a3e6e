/**
 * Ports that nobody is given without asking for exactly them: browsers refuse to talk to them, or a
 * system's own service sits there.
 */
import { BROWSER_BLOCKED } from './browser-blocked.ts'

const BLOCKED: ReadonlySet<number> = new Set(BROWSER_BLOCKED)

/** AirPlay of macOS listens there. */
const OF_SYSTEMS: ReadonlySet<number> = new Set([5000, 7000])

/** Why a port is not given to whom any would do; undefined when nothing is wrong with it. */
export function unfitness(port: number): string | undefined {
  if (BLOCKED.has(port)) return 'browsers refuse to connect to it'
  if (OF_SYSTEMS.has(port)) return 'AirPlay of macOS listens there'
  return undefined
}
