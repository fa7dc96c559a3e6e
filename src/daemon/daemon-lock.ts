/**
 * One daemon a workspace: a lock that the operating system lets go of when its holder dies, however it
 * dies. Node has no call for such locks, but SQLite takes them for us.
 */
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../core/fault/fault.ts'

/** A lock that is held. */
export interface DaemonLock {
  /** Idempotent. */
  release(): void
}

/** SQLite's result code for a database that somebody else has locked. */
const SQLITE_BUSY = 5

/**
 * Takes the lock, without waiting.
 *
 * @returns undefined when another process holds it
 * @throws workspace-unusable when the file cannot be locked at all
 */
export function takeDaemonLock(path: string): DaemonLock | undefined {
  let database: DatabaseSync | undefined
  try {
    closeSync(openSync(path, 'a', 0o600))
    database = new DatabaseSync(path, { timeout: 0 })
    // Nothing is ever written: the file stays empty, and there is no journal to recover.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return holdUntilReleased(database)
  } catch (error) {
    database?.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
    throw new Fault({
      code: 'workspace-unusable',
      operation: 'lock the workspace',
      subject: path,
      hint: `${(error as Error).message}. The file system may not support locks.`,
      cause: error,
    })
  }
}

function holdUntilReleased(database: DatabaseSync): DaemonLock {
  return {
    release() {
      if (database.isOpen) database.close()
    },
  }
}
