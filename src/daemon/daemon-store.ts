/**
 * Where a daemon keeps everything that must outlive it: the ledger, the records and the settings of
 * ramps. One machine keeps them in files of its workspace; several share a database.
 */
import { isFault } from '../core/fault/fault.ts'
import type { SchemaStanding } from '../database/migrate.ts'
import { openSqliteLedger } from '../ledger/sqlite/sqlite-ledger.ts'
import { openSqliteRecords } from '../records/sqlite/sqlite-records.ts'
import type { Clock } from '../seams/clock.ts'
import type { Leases } from '../seams/leases.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { Mailbox } from '../seams/mailbox.ts'
import type { Records } from '../seams/records.ts'
import type { SettingsStore } from '../seams/settings.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import { FileSettingsStore } from '../settings/file-settings-store.ts'
import { CrashingLedger, parseCrashPoint } from './daemon-crash.ts'
import { DamagedLedger } from './daemon-ledger.ts'

/** What a daemon keeps. */
export interface DaemonStore {
  /** Who holds the leases of this opening; absent where nothing is shared. */
  readonly owner?: string
  /** What this daemon is called among those that share the store; absent where nothing is shared. */
  readonly replica?: string
  readonly ledger: Ledger
  readonly records: Records
  /** The same records by a way of their own, for looking up who comes in. @default records */
  readonly accessRecords?: Records
  readonly settings: PrunedSettings
  /** Where several daemons share the store. */
  readonly leases?: Leases
  /** Given together with leases: those of what is no engine's, which have a life of their own. */
  readonly sideLeases?: Leases
  readonly mailbox?: Mailbox
  /** How the schema stands, where others may change it. */
  readonly schema?: () => Promise<SchemaStanding>
  /** Lets go of everything. Idempotent. */
  close(): Promise<void>
}

/** Settings that are removed once no ramp needs them. */
export interface PrunedSettings extends SettingsStore {
  prune(isNeeded: (ramp: string) => Promise<boolean>): Promise<void>
}

/** Which store. */
export interface DaemonStoreOptions {
  readonly place: DaemonPlace
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  readonly clock: Clock
  /** The file of the key that opens what is secret in a database; the same for all that share it. */
  readonly keyFile?: string | undefined
  onTrouble(error: unknown): void
}

/** A database that several daemons share. */
export interface DatabaseChoice {
  /** `postgres://…` */
  readonly url: string
  /** What this daemon is called among them. */
  readonly replica: string
}

/**
 * The store in the database that was chosen; else in the files of the workspace.
 *
 * @throws ledger-unavailable, ledger-newer, ledger-corrupt, store-unavailable
 * @throws master-key-unusable
 */
export async function openStore(
  options: DaemonStoreOptions,
  database: DatabaseChoice | undefined,
): Promise<DaemonStore> {
  if (database === undefined) return openFileStore(options)
  const { settings, clock, onTrouble } = options
  // Loaded only here: a laptop's daemon needs neither the driver nor the key.
  const { openPostgresStore } = await import('./open-postgres-store.ts')
  const { readDaemonKey } = await import('./daemon-key.ts')
  const { url, replica } = database
  const key = readDaemonKey(options)
  // For tests, which have no time to wait for the usual one.
  const leaseMs = Number(settings['RAMPART_LEASE_MS'])
  const lease = Number.isSafeInteger(leaseMs) && leaseMs > 0 ? { leaseMs } : {}
  const store = await openPostgresStore({ url, key, clock, replica, onTrouble, ...lease })
  return crashing(store, settings)
}

/**
 * The store in the files of a workspace. Only the holder of its lock may open it.
 *
 * @throws ledger-unavailable, ledger-newer, ledger-corrupt when it cannot even be read
 * @throws store-unavailable
 */
export function openFileStore(options: DaemonStoreOptions): DaemonStore {
  const { place, clock } = options
  const ledger = openFileLedger(options)
  const records = openSqliteRecords({ folder: place.folder, clock })
  const settings = new FileSettingsStore(place.settingsFolder)
  return {
    ledger,
    records,
    settings,
    async close() {
      await ledger.close()
      await records.close()
    },
  }
}

/**
 * The ledger in the files of a folder; a damaged one may be looked at alone. Only the holder of the
 * workspace's lock may open it.
 *
 * @throws ledger-unavailable, ledger-newer, ledger-corrupt when it cannot even be read
 */
export function openFileLedger({
  place,
  settings,
  clock,
}: Pick<DaemonStoreOptions, 'place' | 'settings' | 'clock'>): Ledger {
  const { folder } = place
  try {
    const ledger = openSqliteLedger({ folder, clock })
    return crashing({ ledger }, settings).ledger
  } catch (error) {
    if (!isFault(error, 'ledger-corrupt')) throw error
    return new DamagedLedger(openSqliteLedger({ folder, clock, access: 'read' }), error)
  }
}

/** The same, with a ledger that kills this process where the setting for tests says so. */
function crashing<Store extends { readonly ledger: Ledger }>(
  store: Store,
  settings: Readonly<Record<string, string>>,
): Store {
  const crash = settings['RAMPART_CRASH']
  if (crash === undefined) return store
  return { ...store, ledger: new CrashingLedger(store.ledger, parseCrashPoint(crash)) }
}
