/**
 * The ledger of several replicas: one chain in one PostgreSQL, to which all of them append. An append
 * resolves when PostgreSQL has it on disk; appends of one turn of the event loop share one commit.
 */
import { randomUUID } from 'node:crypto'
import { assert } from '../../core/fault/assert.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Database } from '../../database/database.ts'
import type { Sealing } from '../../database/sealing.ts'
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
import type { Signer } from '../chain/signature.ts'
import { AppendNews } from './append-news.ts'
import { AppendQueue } from './append-queue.ts'
import { checkHealth } from './check-health.ts'
import { Reader } from './reader.ts'
import { openSealedSigner } from './sealed-key.ts'
import { verifyDatabase } from './verify-database.ts'
import { Writer } from './writer.ts'

/** Where and how a ledger is opened. */
export interface PostgresLedgerOptions {
  /** Stays open when the ledger is closed. */
  readonly database: Database
  /** Opens the ledger's private key. */
  readonly sealing: Sealing
  /** Tells when a checkpoint is signed. */
  readonly clock: Clock
  /** A checkpoint is signed after so many entries, and on close. @default 1000 @minimum 1 */
  readonly checkpointEvery?: number
  /** How often it looks for appends of which no notice came. @unit ms @default 5000 */
  readonly pollMs?: number
}

/**
 * Opens the ledger in a database; the first to open it makes it.
 *
 * @throws ledger-unavailable when it cannot be opened, or the master key is another one.
 * @throws ledger-corrupt when it does not end where its head says; `verify` tells more.
 */
export async function openPostgresLedger(options: PostgresLedgerOptions): Promise<PostgresLedger> {
  const { database, sealing, clock, checkpointEvery = 1000, pollMs = 5000 } = options
  assert(checkpointEvery >= 1, 'A checkpoint is signed after at least one entry.')
  const signer = await openSealedSigner(database, sealing)
  const closing = new AbortController()
  const name = randomUUID()
  const writer = new Writer({
    ...{ database, signer, clock, checkpointEvery, name },
    closing: closing.signal,
  })
  await writer.open()
  const reader = new Reader(database, signer)
  const news = new AppendNews({ database, reader, clock, name, pollMs })
  return new PostgresLedger({ database, signer, writer, reader, news, closing })
}

interface Parts {
  readonly database: Database
  readonly signer: Signer
  readonly writer: Writer
  readonly reader: Reader
  readonly news: AppendNews
  readonly closing: AbortController
}

/** A ledger in one database; opened by `openPostgresLedger`. */
export class PostgresLedger implements Ledger {
  readonly #parts: Parts
  readonly #queue: AppendQueue
  #closed: Promise<void> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#queue = new AppendQueue((group) => parts.writer.commit(group))
  }

  async append(append: Append): Promise<readonly Recorded[]> {
    this.#checkOpen('append entries')
    const recorded = await this.#queue.push(prepareAppend(append))
    if (recorded.length > 0) this.#parts.news.tell(append.stream)
    return recorded
  }

  async *read(stream: string, after = 0): AsyncIterable<Recorded> {
    this.#checkOpen('read the ledger')
    for await (const page of this.#parts.reader.pagesOfStream(stream, after)) {
      yield* this.#eachWhileOpen(page)
    }
  }

  async *readAll(after = 0): AsyncIterable<Recorded> {
    this.#checkOpen('read the ledger')
    for await (const page of this.#parts.reader.pagesOfAll(after)) yield* this.#eachWhileOpen(page)
  }

  async streams(): Promise<readonly StreamSummary[]> {
    this.#checkOpen('list the streams')
    return this.#parts.reader.readStreams()
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#checkOpen('save a snapshot')
    await this.#parts.writer.saveSnapshot(snapshot)
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    this.#checkOpen('load a snapshot')
    return this.#parts.reader.readSnapshot(stream)
  }

  onAppended(listener: (stream: string | undefined) => void): () => void {
    return this.#parts.news.add(listener)
  }

  async checkHealth(): Promise<LedgerHealth> {
    this.#checkOpen('check the ledger')
    return checkHealth(this.#parts.database)
  }

  async end(): Promise<number> {
    this.#checkOpen('read the ledger')
    return this.#parts.reader.readEnd()
  }

  async checkpointAt(position: number): Promise<SignedCheckpoint | undefined> {
    this.#checkOpen('read the ledger')
    return this.#parts.reader.readCheckpoint(position)
  }

  async checkpoint(): Promise<void> {
    this.#checkOpen('sign a checkpoint')
    await this.#queue.exclusively(() => this.#parts.writer.checkpoint())
  }

  async verify(): Promise<Verification> {
    this.#checkOpen('verify the ledger')
    await this.#queue.idle()
    return verifyDatabase(this.#parts.database, this.#parts.signer)
  }

  close(): Promise<void> {
    this.#closed ??= this.#finish()
    return this.#closed
  }

  async #finish(): Promise<void> {
    this.#parts.news.close()
    // An append whose connection broke is not waited for without end.
    this.#parts.closing.abort()
    try {
      await this.#queue.exclusively(() => this.#parts.writer.checkpoint())
    } catch (thrown) {
      // The next checkpoint covers what this one would have; a database that is away keeps nobody open.
      if (!isFault(thrown, 'ledger-unavailable')) throw thrown
    }
  }

  *#eachWhileOpen(page: readonly Recorded[]): Generator<Recorded> {
    for (const recorded of page) {
      this.#checkOpen('read the ledger')
      yield recorded
    }
    this.#checkOpen('read the ledger')
  }

  #checkOpen(operation: string): void {
    if (this.#closed !== undefined) throw closedFault(operation)
  }
}
