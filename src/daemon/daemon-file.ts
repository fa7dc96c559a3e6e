/** Writes and removes what a daemon says of itself on the disk. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import type { DaemonFile, DaemonPlace } from '../server/client/daemon-place.ts'

/** Writes it whole or not at all; those who wait for the daemon see it appear. */
export function writeDaemonFile(place: DaemonPlace, file: DaemonFile): void {
  const draft = `${place.daemonFile}.draft`
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, place.daemonFile)
}

/** Removes it. Only the holder of the lock may. */
export function removeDaemonFile(place: DaemonPlace): void {
  rmSync(place.daemonFile, { force: true })
}
