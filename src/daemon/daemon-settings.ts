/**
 * Settings may be secret, so they are removed once no ramp needs them: those of ramps under way are
 * needed, and those of what is up, for its way down.
 */

import { RampIndex } from '../server/ramp-index.ts'
import type { DaemonParts } from './daemon-parts.ts'

/**
 * Removes settings that no ramp needs, now and after every ramp's end.
 *
 * @returns stops removing
 */
export async function pruneSettings(
  parts: Pick<DaemonParts, 'engine' | 'ledger' | 'settings' | 'leases'>,
  onTrouble: (error: unknown) => void,
): Promise<() => void> {
  const { engine, settings } = parts
  const index = new RampIndex({ engine, ledger: parts.ledger, onTrouble })
  // Before any ramp is opened, settings of an unknown ramp are those of an opening cut off by a crash;
  // where others share the store, they may be those of a ramp that one of them is just opening.
  const isShared = parts.leases !== undefined
  await settings.prune(async (ramp) => (await isNeeded(index, ramp)) ?? isShared)
  const stop = engine.events.on('ramp.ended', () => {
    // Afterwards they are those of a ramp that is just being opened.
    settings.prune(async (ramp) => (await isNeeded(index, ramp)) ?? true).catch(onTrouble)
  })
  return () => {
    stop()
    index.close()
  }
}

/** Whether a ramp is under way, or is the latest way up and was not taken down; undefined: unknown. */
async function isNeeded(index: RampIndex, ramp: string): Promise<boolean | undefined> {
  const summary = await index.summary(ramp)
  if (summary === undefined) return undefined
  if (summary.phase !== 'ended') return true
  const { name, kind } = summary.contract
  const latest = await index.latest(name, ({ contract }) => contract.kind === kind)
  if (latest?.goal === 'down' && latest.outcome === 'reached') return false
  const up = await index.latest(name, (one) => one.goal === 'up' && one.contract.kind === kind)
  return up?.ramp === ramp
}
