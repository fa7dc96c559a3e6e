/** What is kept in PostgreSQL, opened in an empty database of its own for each trial. */
import { SystemClock } from '../../src/clock/system-clock.ts'
import {
  openPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
} from '../../src/daemon/open-postgres-store.ts'
import type { Databases, ScratchDatabase } from './databases.ts'

/** A database and the stores opened in it. */
export interface PostgresTrial extends ScratchDatabase {
  /** Opens a store as one more replica. */
  readonly join: (options?: Partial<PostgresStoreOptions>) => Promise<PostgresStore>
  /** Closes whatever is open and drops the database. */
  readonly discard: () => Promise<void>
}

/** The master key of every trial. */
export const TRIAL_KEY: Buffer = Buffer.alloc(32, 7)

/** Makes a database for one trial. */
export async function openPostgresTrial(databases: Databases): Promise<PostgresTrial> {
  const database = await databases.make()
  const opened: PostgresStore[] = []
  const join = async (options: Partial<PostgresStoreOptions> = {}): Promise<PostgresStore> => {
    const store = await openPostgresStore({
      url: database.url,
      key: TRIAL_KEY,
      clock: new SystemClock(),
      replica: 'trial',
      onTrouble: () => undefined,
      connectionsMax: 3,
      ...options,
    })
    opened.push(store)
    return store
  }
  const discard = async (): Promise<void> => {
    await Promise.all(opened.map((store) => store.close()))
    await database.drop()
  }
  return { ...database, join, discard }
}
