/**
 * Settings may be secret, so they are removed once no ramp needs them: those of ramps under way are
 * needed, and those of what is up, for its way down.
 */
import type { DaemonParts } from './daemon-parts.ts'
import { RampIndex } from './server/ramp-index.ts'
import type { RampSummary } from './server/wire.ts'

/**
 * Removes settings that no ramp needs, now and after every ramp's end.
 *
 * @returns stops removing
 */
export async function pruneSettings(
  parts: Pick<DaemonParts, 'engine' | 'ledger' | 'settings'>,
  onTrouble: (error: unknown) => void,
): Promise<() => void> {
  const { engine, settings } = parts
  const index = new RampIndex(parts)
  const needed = await neededRamps(index)
  // Before any ramp is opened, settings of an unknown ramp are those of an opening that a crash cut off.
  await settings.prune((ramp) => needed.has(ramp))
  return engine.events.on('ramp.ended', () => {
    pruneEnded(parts, index).catch(onTrouble)
  })
}

async function pruneEnded(
  { ledger, settings }: Pick<DaemonParts, 'ledger' | 'settings'>,
  index: RampIndex,
): Promise<void> {
  const streams = await ledger.streams()
  const recorded = new Set(streams.map(({ stream }) => stream))
  const needed = await neededRamps(index)
  // A ramp that is not recorded yet is just being opened.
  await settings.prune((ramp) => needed.has(ramp) || !recorded.has(ramp))
}

/** Ramps under way, and the latest way up of every contract that was not taken down since. */
async function neededRamps(index: RampIndex): Promise<ReadonlySet<string>> {
  const needed = new Set<string>()
  for (const latest of await index.latestOfEach()) {
    if (latest.phase !== 'ended') needed.add(latest.ramp)
    if (latest.goal === 'down' && latest.outcome === 'reached') continue
    const up = await index.latest((summary) => isUp(summary) && isSameContract(summary, latest))
    if (up !== undefined) needed.add(up.ramp)
  }
  return needed
}

function isUp(summary: RampSummary): boolean {
  return summary.goal === 'up'
}

function isSameContract(one: RampSummary, other: RampSummary): boolean {
  return one.contract.kind === other.contract.kind && one.contract.name === other.contract.name
}
