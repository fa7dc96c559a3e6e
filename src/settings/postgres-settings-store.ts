/**
 * Settings in PostgreSQL, for all replicas: sealed by the server's master key, each for its ramp alone,
 * so that a copy of the database gives nobody their values. They are never logged.
 */
import { Fault } from '../core/fault/fault.ts'
import type { Database } from '../database/database.ts'
import type { Deed } from '../database/database-fault.ts'
import type { Sealing } from '../database/sealing.ts'
import type { RampSettings, SettingsStore } from '../seams/settings.ts'
import { parseSettings } from './kept-settings.ts'

const KEEP = {
  name: 'keep-settings',
  text: `INSERT INTO rampart.settings VALUES ($1, $2) ON CONFLICT (ramp)
    DO UPDATE SET sealed = excluded.sealed, kept_at = excluded.kept_at`,
}
const LOAD = {
  name: 'load-settings',
  text: 'SELECT sealed FROM rampart.settings WHERE ramp = $1',
}
/** Settings are kept before their ramp is opened, maybe by another replica: the young ones stay. */
const LIST = {
  name: 'list-settings',
  text: `SELECT ramp, kept_at::text FROM rampart.settings
    WHERE kept_at < clock_timestamp() - interval '1 hour'`,
}
const REMOVE = {
  name: 'remove-settings',
  text: 'DELETE FROM rampart.settings WHERE ramp = $1 AND kept_at::text = $2',
}

/** Keeps settings in one database. */
export class PostgresSettingsStore implements SettingsStore {
  readonly #database: Database
  readonly #sealing: Sealing

  constructor(database: Database, sealing: Sealing) {
    this.#database = database
    this.#sealing = sealing
  }

  async keep(ramp: string, settings: RampSettings): Promise<void> {
    const sealed = this.#sealing.seal(JSON.stringify(settings), ramp)
    await this.#database.query(deedOf('keep settings'), KEEP, [ramp, sealed])
  }

  async load(ramp: string): Promise<RampSettings | undefined> {
    const [row] = await this.#database.query(deedOf('load settings'), LOAD, [ramp])
    if (row === undefined) return undefined
    const text = this.#sealing.open(row[0] as Buffer, ramp)
    if (text === undefined) throw unreadable(ramp)
    return parseSettings(text)
  }

  /** The ramps whose settings are kept. */
  async ramps(): Promise<readonly string[]> {
    const text = 'SELECT ramp FROM rampart.settings ORDER BY ramp'
    const rows = await this.#database.query(deedOf('list settings'), { text }, [])
    return rows.map(([ramp]) => String(ramp))
  }

  /** Removes the settings of every ramp that is not needed any more, an hour after they were kept. */
  async prune(isNeeded: (ramp: string) => Promise<boolean>): Promise<void> {
    const deed = deedOf('remove settings')
    for (const [ramp, keptAt] of await this.#database.query(deed, LIST, [])) {
      if (await isNeeded(String(ramp))) continue
      await this.#database.query(deed, REMOVE, [ramp, keptAt])
    }
  }
}

function deedOf(operation: string): Deed {
  return { code: 'store-unavailable', operation }
}

function unreadable(ramp: string): Fault {
  return new Fault({
    code: 'settings-unreadable',
    operation: 'load settings',
    subject: ramp,
    hint: 'They were sealed with another master key, or altered in the database.',
  })
}
