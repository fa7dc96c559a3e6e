/**
 * The ledger of one machine: a SQLite file. An append resolves when the disk has it; appends of one turn
 * of the event loop share one sync. Writing holds the event loop for as long as the disk takes; reading
 * gives it back after every page.
 */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { assert } from '../../core/fault/assert.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type {
  Append,
  Ledger,
  LedgerHealth,
  Recorded,
  SignedCheckpoint,
  Snapshot,
  StreamSummary,
  Verification,
} from '../../seams/ledger.ts'
import { closedFault, prepareAppend } from '../chain/admission.ts'
import { AppendListeners } from '../chain/append-listeners.ts'
import { findProver, openSigner } from '../chain/key-file.ts'
import { AppendQueue } from './append-queue.ts'
import { type Access, LEDGER_FILE, openDatabase } from './open-database.ts'
import { Reader } from './reader.ts'
import { rowOf } from './rows.ts'
import { withStoreFaults } from './store-fault.ts'
import { verifySqliteLedger } from './verify-file.ts'
import { Writer } from './writer.ts'

/** Where and how a ledger is opened. */
export interface SqliteLedgerOptions {
  /** Holds `ledger.sqlite`, `ledger.key` and `ledger.pub`; made, private to its owner, by a writer. */
  readonly folder: string
  /** Tells when a checkpoint is signed. */
  readonly clock: Clock
  /** A reader appends nothing, and needs no key. @default write */
  readonly access?: Access
  /** A checkpoint is signed after so many entries, and on close. @default 1000 @minimum 1 */
  readonly checkpointEvery?: number
  /** How long to wait, holding the event loop, for another process's lock. @unit ms @default 2000 */
  readonly busyMs?: number
}

/**
 * Opens the ledger in a folder; a writer makes it when it is absent.
 *
 * @throws ledger-unavailable when it cannot be opened, its key is gone, or a reader finds none.
 * @throws ledger-newer when a newer Rampart has written it.
 * @throws ledger-corrupt when it does not end where its head says; `verifySqliteLedger` tells more.
 */
export function openSqliteLedger(options: SqliteLedgerOptions): SqliteLedger {
  const { folder, clock, access = 'write', checkpointEvery = 1000, busyMs = 2000 } = options
  assert(checkpointEvery >= 1, 'A checkpoint is signed after at least one entry.')
  const path = join(folder, LEDGER_FILE)
  const database = openDatabase({ folder, access, busyMs })
  try {
    if (access === 'read') {
      const reader = new Reader(database, path, findProver(folder))
      return new SqliteLedger({ database, folder, busyMs, reader })
    }
    const signer = withStoreFaults('open the ledger', path, () =>
      openSigner(folder, isUnused(database)),
    )
    const writer = new Writer({ database, path, signer, clock, checkpointEvery })
    const reader = new Reader(database, path, signer)
    return new SqliteLedger({ database, folder, busyMs, reader, writer })
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

interface Parts {
  readonly database: DatabaseSync
  readonly folder: string
  readonly busyMs: number
  readonly reader: Reader
  /** Absent when opened to read. */
  readonly writer?: Writer
}

/** A ledger in one SQLite file; opened by `openSqliteLedger`. */
export class SqliteLedger implements Ledger {
  readonly #parts: Parts
  readonly #queue: AppendQueue
  readonly #listeners = new AppendListeners()
  #isClosed = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#queue = new AppendQueue((group) => this.#writer('append entries').commit(group))
  }

  async append(append: Append): Promise<readonly Recorded[]> {
    this.#writer('append entries')
    const recorded = await this.#queue.push(prepareAppend(append))
    if (recorded.length > 0) this.#listeners.tell(append.stream)
    return recorded
  }

  async *read(stream: string, after = 0): AsyncIterable<Recorded> {
    const reader = this.#reader()
    for (const page of reader.pagesOfStream(stream, after)) {
      yield* page
      await this.#breathe()
    }
  }

  async *readAll(after = 0): AsyncIterable<Recorded> {
    for await (const page of this.readPages(after)) yield* page
  }

  /**
   * What `readAll` reads, a page at a time: a replay of a million entries need not wait for a promise
   * at each of them. Reads what is there when it begins.
   */
  async *readPages(after = 0): AsyncIterable<readonly Recorded[]> {
    const reader = this.#reader()
    for (const page of reader.pagesOfAll(after, reader.readEnd())) {
      yield page
      await this.#breathe()
    }
  }

  async streams(): Promise<readonly StreamSummary[]> {
    return this.#reader().readStreams()
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#writer('save a snapshot').saveSnapshot(snapshot)
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.#reader().readSnapshot(stream)
  }

  /** Tells of what is appended through this ledger: only the daemon, which has it, appends. */
  onAppended(listener: (stream: string | undefined) => void): () => void {
    return this.#listeners.add(listener)
  }

  async checkHealth(): Promise<LedgerHealth> {
    const latestMs = this.#writer('check the ledger').checkHealth()
    return latestMs === undefined ? {} : { latestMs }
  }

  async end(): Promise<number> {
    return this.#reader().readEnd()
  }

  async checkpointAt(position: number): Promise<SignedCheckpoint | undefined> {
    return this.#reader().readCheckpoint(position)
  }

  async checkpoint(): Promise<void> {
    const writer = this.#writer('sign a checkpoint')
    this.#queue.flush()
    writer.checkpoint()
  }

  async verify(): Promise<Verification> {
    this.#reader()
    this.#queue.flush()
    return verifySqliteLedger({ folder: this.#parts.folder, busyMs: this.#parts.busyMs })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#queue.flush()
    this.#isClosed = true
    try {
      this.#parts.writer?.checkpoint()
    } finally {
      this.#parts.database.close()
    }
  }

  /** Between two pages the event loop has its turn, and the ledger may have been closed. */
  async #breathe(): Promise<void> {
    await nextTurn()
    this.#reader()
  }

  #reader(): Reader {
    if (this.#isClosed) throw closedFault('read the ledger')
    return this.#parts.reader
  }

  #writer(operation: string): Writer {
    if (this.#isClosed) throw closedFault(operation)
    if (this.#parts.writer !== undefined) return this.#parts.writer
    const hint = 'The ledger was opened to be read; only its daemon appends.'
    const subject = join(this.#parts.folder, LEDGER_FILE)
    throw new Fault({ code: 'ledger-unavailable', operation, subject, hint })
  }
}

function isUnused(database: DatabaseSync): boolean {
  return rowOf(database.prepare('SELECT 1 FROM head').get()) === undefined
}
