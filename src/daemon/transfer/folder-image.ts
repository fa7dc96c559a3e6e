/** The folder of a workspace as a place to take everything from, and to put everything into. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../core/fault/fault.ts'
import { PRIVATE_KEY_FILE, PUBLIC_KEY_FILE, syncFolder } from '../../ledger/chain/key-file.ts'
import { LEDGER_FILE } from '../../ledger/sqlite/open-database.ts'
import { readSqliteImage, SqliteImageWriter } from '../../ledger/sqlite/sqlite-image.ts'
import { verifySqliteLedger } from '../../ledger/sqlite/verify-file.ts'
import { RECORDS_FILE } from '../../records/sqlite/open-store.ts'
import {
  readSqliteRecordsImage,
  SqliteRecordsImageWriter,
} from '../../records/sqlite/sqlite-records-image.ts'
import type { DaemonPlace } from '../../server/client/daemon-place.ts'
import { FileSettingsStore } from '../../settings/file-settings-store.ts'
import { takeDaemonLock } from '../daemon-lock.ts'
import { isOfLedger, type StorePart, type StoreSource, type StoreTarget } from './store-image.ts'

const SETTINGS = 'settings'
const DRAFT = 'arriving'
/** The ledger last: as long as it is not there, nothing is. */
const ARRIVING = [PRIVATE_KEY_FILE, PUBLIC_KEY_FILE, RECORDS_FILE, SETTINGS, LEDGER_FILE]

/** A workspace to take from; its daemon may go on meanwhile. */
export function folderSource({ folder, settingsFolder }: DaemonPlace): StoreSource {
  async function* read(): AsyncGenerator<StorePart> {
    const settings = new FileSettingsStore(settingsFolder)
    for (const ramp of await settings.ramps()) {
      const kept = await settings.load(ramp)
      // A ramp that ended since the names were read needs its settings no more.
      if (kept !== undefined) yield { part: 'settings', ramp, settings: kept }
    }
    yield* readSqliteImage(folder)
    yield* readSqliteRecordsImage(folder)
  }
  return { subject: folder, read }
}

/** A workspace to put into, that has no ledger yet and whose daemon does not run. */
export function folderTarget(place: DaemonPlace): StoreTarget {
  return { subject: place.folder, write: (pieces) => writeFolder(place, pieces) }
}

/** Runs a step while no daemon can start in a workspace. @throws store-busy */
export async function withoutDaemon<Value>(
  place: DaemonPlace,
  step: () => Promise<Value>,
): Promise<Value> {
  mkdirSync(place.folder, { recursive: true, mode: 0o700 })
  const lock = takeDaemonLock(place.lockFile)
  if (lock === undefined) {
    const hint = `Its daemon is running. Stop it: rampart daemon stop --workspace ${place.workspace}`
    const subject = place.folder
    throw new Fault({ code: 'store-busy', operation: 'move a ledger', subject, hint })
  }
  try {
    return await step()
  } finally {
    lock.release()
  }
}

async function writeFolder(place: DaemonPlace, pieces: AsyncIterable<StorePart>): Promise<void> {
  await withoutDaemon(place, async () => {
    for (const name of [LEDGER_FILE, RECORDS_FILE]) refuseFile(join(place.folder, name))
    const draft = join(place.folder, DRAFT)
    rmSync(draft, { recursive: true, force: true })
    mkdirSync(draft, { mode: 0o700 })
    try {
      await writeDraft(draft, pieces)
      for (const name of ARRIVING) {
        if (!existsSync(join(draft, name))) continue
        if (name === SETTINGS) rmSync(place.settingsFolder, { recursive: true, force: true })
        renameSync(join(draft, name), join(place.folder, name))
      }
      syncFolder(place.folder)
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
  })
}

function refuseFile(path: string): void {
  if (!existsSync(path)) return
  const hint =
    'It is there already. Name another folder, or move it away with all that is beside it.'
  throw new Fault({ code: 'store-occupied', operation: 'write a ledger', subject: path, hint })
}

async function writeDraft(draft: string, pieces: AsyncIterable<StorePart>): Promise<void> {
  const ledger = new SqliteImageWriter(draft)
  const records = new SqliteRecordsImageWriter(draft)
  const settings = new FileSettingsStore(join(draft, SETTINGS))
  try {
    for await (const piece of pieces) {
      if (isOfLedger(piece)) ledger.take(piece)
      else if (piece.part === 'settings') await settings.keep(piece.ramp, piece.settings)
      else records.take(piece)
    }
    ledger.finish()
    records.finish()
  } finally {
    ledger.close()
    records.close()
  }
  const verification = await verifySqliteLedger({ folder: draft })
  if (verification.verdict === 'intact') return
  const hint = `What was written does not hold together: ${verification.sentence}`
  throw new Fault({ code: 'ledger-corrupt', operation: 'write a ledger', subject: draft, hint })
}
