/**
 * The master key that a daemon seals with, wherever it keeps the rest: one key for its database and its
 * webhooks. It is read where it is needed; a file that was named is looked at before anything is held.
 */
import { join } from 'node:path'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import { readMasterKey } from '../settings/master-key.ts'

/** Where the key may be. */
export interface DaemonKeyPlaces {
  readonly place: DaemonPlace
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  /** The file that was named. @default one of the workspace's own, made when it is not there */
  readonly keyFile?: string | undefined
}

/** @throws master-key-unusable when it is missing, cannot be read, or is no key */
export function readDaemonKey({ place, settings, keyFile }: DaemonKeyPlaces): Uint8Array {
  const environment = settings['RAMPART_KEY']
  return readMasterKey({
    ...(environment === undefined ? {} : { environment }),
    ...(keyFile === undefined ? {} : { file: keyFile }),
    ownFile: join(place.folder, 'master.key'),
  })
}

/** Says at once that the key that was named is none; makes none. @throws master-key-unusable */
export function checkDaemonKey(places: DaemonKeyPlaces): void {
  if (places.keyFile !== undefined) readDaemonKey(places)
}
