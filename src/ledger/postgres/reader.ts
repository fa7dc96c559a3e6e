/**
 * Reads entries in pages and proves each as it passes: an entry whose hash does not follow from the one
 * before it is never handed on. Pages are statements of their own, so that a slow reader holds up
 * nothing in the server.
 */
import type { Entry } from '../../core/entry/entry.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { Database, Row, Statement } from '../../database/database.ts'
import type { Recorded, Snapshot, StreamSummary } from '../../seams/ledger.ts'
import { GENESIS_HASH, type HashedLink, linkHash } from '../chain/link.ts'
import type { Prover } from '../chain/signature.ts'
import { type Checkpoint, snapshotStatement } from '../chain/statement.ts'
import { checkpointOfRow, endOfRow, headOfRow, linkOfRow } from './rows.ts'
import {
  READ_CHECKPOINT,
  READ_ENDS,
  READ_HASH,
  READ_HEAD,
  READ_NEWS,
  READ_PAGE,
  READ_SNAPSHOT,
  READ_STREAM,
  READ_STREAMS,
} from './statements.ts'

const PAGE_ROWS = 500
/** More news than that is told as "any stream". */
const NEWS_MAX = 1000

/** Reads one database. */
export class Reader {
  readonly #database: Database
  readonly #prover: Prover

  constructor(database: Database, prover: Prover) {
    this.#database = database
    this.#prover = prover
  }

  /** The position of the last entry; 0 when there is none. */
  async readEnd(): Promise<number> {
    const [row] = await this.#query(READ_HEAD, [])
    if (row === undefined) throw this.#corrupt('The head of the chain is missing.')
    return headOfRow(row).position
  }

  /** The first checkpoint at a position or after it. */
  async readCheckpoint(position: number): Promise<Checkpoint | undefined> {
    const [row] = await this.#query(READ_CHECKPOINT, [position])
    return row === undefined ? undefined : checkpointOfRow(row)
  }

  /** Which streams have grown since a position; undefined when there are too many to say. */
  async readNews(after: number): Promise<readonly string[] | undefined> {
    const rows = await this.#query(READ_NEWS, [after])
    return rows.length > NEWS_MAX ? undefined : rows.map(([stream]) => String(stream))
  }

  /** Pages of the whole ledger with `position > after`, as it is when the first page is asked for. */
  async *pagesOfAll(after: number): AsyncGenerator<readonly Recorded[]> {
    const end = await this.readEnd()
    let previousHash = await this.#hashAt(after)
    for (let position = after; position < end; ) {
      const rows = await this.#query(READ_PAGE, [position, Math.min(end, position + PAGE_ROWS)])
      const page: Recorded[] = []
      let fault: Fault | undefined
      for (const link of rows.map(linkOfRow)) {
        position += 1
        if (link.position !== position) fault = this.#corruptAt(position, 'is missing')
        else if (linkHash(previousHash, link) !== link.hash) fault = this.#astray(position)
        if (fault !== undefined) break
        page.push(recordedOf(link))
        previousHash = link.hash
      }
      yield page
      if (fault !== undefined) throw fault
      if (page.length === 0) throw this.#corruptAt(position + 1, 'is missing')
    }
  }

  /** Pages of one stream with `sequence > after`, as it is when the first page is asked for. */
  async *pagesOfStream(stream: string, after: number): AsyncGenerator<readonly Recorded[]> {
    const [row] = await this.#query(READ_ENDS, [[stream]])
    const end = row === undefined ? 0 : endOfRow(row)[1]
    for (let sequence = after; sequence < end; ) {
      const last = Math.min(end, sequence + PAGE_ROWS)
      const rows = await this.#query(READ_STREAM, [stream, sequence, last])
      const page: Recorded[] = []
      let fault: Fault | undefined
      for (const entry of rows) {
        const link = linkOfRow(entry)
        sequence += 1
        fault = this.#findFault(link, entry[5], sequence)
        if (fault !== undefined) break
        page.push(recordedOf(link))
      }
      yield page
      if (fault !== undefined) throw fault
      if (sequence < last) throw this.#corrupt(`Entry ${sequence + 1} of ${stream} is missing.`)
    }
  }

  /** Every stream, oldest first. */
  async readStreams(): Promise<readonly StreamSummary[]> {
    return (await this.#query(READ_STREAMS, [])).map(summaryOf)
  }

  /** The snapshot of a stream, unless there is none or its seal does not hold. */
  async readSnapshot(stream: string): Promise<Snapshot | undefined> {
    const [row] = await this.#query(READ_SNAPSHOT, [stream])
    if (row === undefined) return undefined
    const [sequence, foldVersion, state, seal] = row
    const snapshot: Snapshot = {
      stream,
      sequence: Number(sequence),
      foldVersion: Number(foldVersion),
      state: (state as Buffer).toString(),
    }
    const verdict = this.#prover.checkSeal(snapshotStatement(snapshot), String(seal))
    return verdict === 'valid' ? snapshot : undefined
  }

  async #hashAt(position: number): Promise<string> {
    if (position === 0) return GENESIS_HASH
    const [row] = await this.#query(READ_HASH, [position])
    // Whoever reads after the end reads nothing, whatever the end's hash.
    return row === undefined ? GENESIS_HASH : String(row[0])
  }

  #findFault(link: HashedLink, previousHash: unknown, sequence: number): Fault | undefined {
    if (link.sequence !== sequence) return this.#corruptAt(link.position, 'follows a gap')
    const before = link.position === 1 ? GENESIS_HASH : previousHash
    if (typeof before !== 'string') return this.#corruptAt(link.position - 1, 'is missing')
    return linkHash(before, link) === link.hash ? undefined : this.#astray(link.position)
  }

  #query(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const deed = { code: 'ledger-unavailable', operation: 'read the ledger' } as const
    return this.#database.query(deed, statement, values)
  }

  #astray(position: number): Fault {
    return this.#corruptAt(position, 'fails its hash')
  }

  #corruptAt(position: number, finding: string): Fault {
    return this.#corrupt(`The entry at ${position} ${finding}.`)
  }

  #corrupt(hint: string): Fault {
    const { subject } = this.#database
    return new Fault({ code: 'ledger-corrupt', operation: 'read the ledger', subject, hint })
  }
}

function recordedOf({ position, stream, sequence, text, hash }: HashedLink): Recorded {
  return { position, stream, sequence, entry: JSON.parse(text) as Entry, hash }
}

function summaryOf([stream, sequence, openedAtMs, lastAtMs, lastType]: Row): StreamSummary {
  return {
    stream: String(stream),
    sequence: Number(sequence),
    openedAtMs: Number(openedAtMs),
    lastAtMs: Number(lastAtMs),
    lastType: String(lastType) as Entry['type'],
  }
}
