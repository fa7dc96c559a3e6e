/** Lets every ramp's circumstances be recorded, by what the engine tells of it. */
import { join } from 'node:path'
import { CircumstanceFiles } from '../circumstances/circumstance-files.ts'
import { openKey } from '../circumstances/fingerprint.ts'
import { PressureGauge } from '../circumstances/pressure-gauge.ts'
import { CircumstanceRecorder } from '../circumstances/recorder.ts'
import type { Clock } from '../seams/clock.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { DaemonParts } from './daemon-parts.ts'

/** So many ramps are remembered. */
const KEPT_MAX = 500

/** Where circumstances are kept, and who records them. */
export interface DaemonCircumstances {
  readonly circumstances: CircumstanceFiles
  readonly recorder: CircumstanceRecorder
}

/** What is recorded, in `.rampart/circumstances`. */
export function openCircumstances(
  place: DaemonPlace,
  clock: Clock,
  onTrouble: (error: unknown) => void,
): DaemonCircumstances {
  const folder = join(place.folder, 'circumstances')
  const circumstances = new CircumstanceFiles(folder)
  const key = (): Promise<Buffer> => openKey(join(folder, 'key'))
  const gauge = new PressureGauge()
  const recorder = new CircumstanceRecorder({ files: circumstances, gauge, clock, key, onTrouble })
  return { circumstances, recorder }
}

/** Records from now on, whatever ramp is opened or taken up. */
export function recordCircumstances(
  { engine, settings, circumstances, recorder }: DaemonParts,
  onTrouble: (error: unknown) => void,
): void {
  engine.events.on('engine.started', ({ ramps }) => {
    for (const ramp of ramps) recorder.resume(ramp)
    circumstances.prune(KEPT_MAX).catch(onTrouble)
  })
  engine.events.on('ownership.taken', ({ ramps }) => {
    for (const ramp of ramps) recorder.resume(ramp)
  })
  engine.events.on('ownership.lost', ({ ramps }) => {
    for (const ramp of ramps) recorder.end(ramp).catch(onTrouble)
  })
  engine.events.on('ramp.opened', ({ ramp, entry }) =>
    recorder.begin(ramp, entry.plan, settings.load(ramp)),
  )
  engine.events.on('ramp.ended', ({ ramp }) => {
    recorder.end(ramp).catch(onTrouble)
  })
}
