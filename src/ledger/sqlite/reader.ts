/**
 * Reads entries in pages and proves each as it passes: an entry whose hash does not follow from the one
 * before it is never handed on.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Entry } from '../../core/entry/entry.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { Recorded, Snapshot, StreamSummary } from '../../seams/ledger.ts'
import { GENESIS_HASH, type HashedLink, linkHash } from '../chain/link.ts'
import type { Prover } from '../chain/signature.ts'
import { type Checkpoint, snapshotStatement } from '../chain/statement.ts'
import {
  CHECKPOINT_COLUMNS,
  checkpointOfRow,
  damagedRow,
  ENDS_COLUMNS,
  endsOfRow,
  LINK_COLUMNS,
  linkOfRow,
  prepareRows,
  type Row,
  rowOf,
  rowsOf,
} from './rows.ts'
import { withStoreFaults } from './store-fault.ts'

/** Measured: larger pages are no faster, and hold the event loop for longer. */
const PAGE_ROWS = 256
/** How far a stream is followed back before the event loop has its turn. */
const STEP_ROWS = 4096

/** Reads one database. */
export class Reader {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #path: string
  readonly #prover: Prover | undefined

  constructor(database: DatabaseSync, path: string, prover: Prover | undefined) {
    this.#statements = withStoreFaults('open the ledger', path, () => prepareStatements(database))
    this.#path = path
    this.#prover = prover
  }

  /** The position of the last entry; 0 when there is none. */
  readEnd(): number {
    const row = this.#read(() => rowOf(this.#statements.readEnd.get()))
    return row === undefined ? 0 : Number(row[0])
  }

  /** The first checkpoint at a position or after it. */
  readCheckpoint(position: number): Checkpoint | undefined {
    const row = this.#read(() => rowOf(this.#statements.readCheckpoint.get(position)))
    return row === undefined ? undefined : checkpointOfRow(row)
  }

  /** Pages of the whole ledger with `after < position <= end`. */
  *pagesOfAll(after: number, end: number): Generator<readonly Recorded[]> {
    let previousHash = this.#read(() => this.#hashAt(after))
    for (let position = after; position < end; ) {
      const links = this.#read(() => this.#readPage(position, end))
      const page: Recorded[] = []
      for (const link of links) {
        position += 1
        if (link.position !== position) throw this.#corrupt(position, 'is missing')
        page.push(this.#prove(previousHash, link))
        previousHash = link.hash
      }
      if (page.length === 0) throw this.#corrupt(position + 1, 'is missing')
      yield page
    }
  }

  /**
   * Pages of one stream with `sequence > after`, as the stream is when the first page is asked for. A
   * page may be empty: a long stream is first followed back to where the reading starts.
   */
  *pagesOfStream(stream: string, after: number): Generator<readonly Recorded[]> {
    const places = yield* this.#followBack(stream, after)
    let sequence = after
    for (let from = places.length; from > 0; from -= PAGE_ROWS) {
      const positions = places.slice(Math.max(0, from - PAGE_ROWS), from)
      const page = this.#read(() => this.#readRows(positions)).map((row) => {
        const link = linkOfRow(row)
        sequence += 1
        if (link.sequence !== sequence || link.stream !== stream) throw this.#astray(link.position)
        return this.#prove(previousHashOf(row, link), link)
      })
      if (page.length !== positions.length) throw this.#astray(positions[0] ?? 0)
      yield page
    }
  }

  /** Every stream, oldest first. */
  readStreams(): readonly StreamSummary[] {
    return this.#read(() => rowsOf(this.#statements.readStreams.all()).map(summaryOf))
  }

  /** The snapshot of a stream, unless there is none or its seal does not hold. */
  readSnapshot(stream: string): Snapshot | undefined {
    const row = this.#read(() => rowOf(this.#statements.readSnapshot.get(stream)))
    if (row === undefined) return undefined
    const [sequence, foldVersion, state, seal] = row
    if (typeof sequence !== 'number' || typeof foldVersion !== 'number') return undefined
    if (typeof state !== 'string' || typeof seal !== 'string') return undefined
    const snapshot: Snapshot = { stream, sequence, foldVersion, state }
    const verdict = this.#prover?.checkSeal(snapshotStatement(snapshot), seal)
    return verdict === 'valid' ? snapshot : undefined
  }

  #readPage(after: number, end: number): readonly HashedLink[] {
    const rows = this.#statements.readPage.all(after, Math.min(end, after + PAGE_ROWS))
    return rowsOf(rows).map(linkOfRow)
  }

  /** The positions of a stream's entries after a sequence, last first, gathered in steps. */
  *#followBack(stream: string, after: number): Generator<readonly Recorded[], readonly number[]> {
    const row = this.#read(() => rowOf(this.#statements.readEnds.get(stream)))
    const ends = row === undefined ? undefined : endsOfRow(row)
    const places: number[] = []
    const expected = Math.max(0, (ends?.sequence ?? 0) - after)
    for (let next = ends?.last ?? 0; places.length < expected; ) {
      const rows = this.#read(() => rowsOf(this.#statements.followBack.all(next, after)))
      if (rows.length === 0) throw this.#astray(next)
      places.push(...rows.map(([position]) => Number(position)))
      if (places.length > expected) throw this.#astray(next)
      next = Number(rows.at(-1)?.[1])
      yield []
    }
    return places
  }

  #readRows(positions: readonly number[]): readonly Row[] {
    return rowsOf(this.#statements.readAt.all(JSON.stringify(positions)))
  }

  #astray(position: number): Fault {
    return this.#corrupt(position, 'is not where its stream leads')
  }

  #hashAt(position: number): string {
    if (position === 0) return GENESIS_HASH
    const hash = rowOf(this.#statements.readHash.get(position))?.[0]
    // Whoever reads after the end reads nothing, whatever the end's hash.
    return typeof hash === 'string' ? hash : GENESIS_HASH
  }

  #prove(previousHash: string, link: HashedLink): Recorded {
    const { position, stream, sequence, text, hash } = link
    if (linkHash(previousHash, link) !== hash) throw this.#corrupt(position, 'fails its hash')
    return { position, stream, sequence, entry: JSON.parse(text) as Entry, hash }
  }

  #read<Value>(step: () => Value): Value {
    return withStoreFaults('read the ledger', this.#path, step)
  }

  #corrupt(position: number, finding: string): Fault {
    return new Fault({
      code: 'ledger-corrupt',
      operation: 'read the ledger',
      subject: this.#path,
      hint: `The entry at ${position} ${finding}.`,
    })
  }
}

function previousHashOf(row: Row, link: HashedLink): string {
  if (link.position === 1) return GENESIS_HASH
  const previousHash = row[5]
  if (typeof previousHash !== 'string') throw damagedRow(`entry ${link.position - 1}`)
  return previousHash
}

function summaryOf(row: Row): StreamSummary {
  const [stream, sequence, openedAtMs, lastAtMs, lastType] = row
  if (typeof stream !== 'string' || typeof sequence !== 'number') throw damagedRow('a stream')
  if (typeof openedAtMs !== 'number' || typeof lastAtMs !== 'number') throw damagedRow(stream)
  if (typeof lastType !== 'string') throw damagedRow(stream)
  return { stream, sequence, openedAtMs, lastAtMs, lastType: lastType as Entry['type'] }
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => prepareRows(database, sql)
  return {
    readEnd: prepare('SELECT position FROM entries ORDER BY position DESC LIMIT 1'),
    readHash: prepare('SELECT hash FROM entries WHERE position = ?'),
    readPage: prepare(
      `SELECT ${LINK_COLUMNS} FROM entries WHERE position > ? AND position <= ? ORDER BY position`,
    ),
    readCheckpoint: prepare(
      `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoints WHERE position >= ? ORDER BY number LIMIT 1`,
    ),
    readEnds: prepare(`SELECT ${ENDS_COLUMNS} FROM streams WHERE stream = ?`),
    followBack: prepare(`
      WITH RECURSIVE back (position, previous) AS (
        SELECT position, previous FROM entries WHERE position = ?1 AND sequence > ?2
        UNION ALL
        SELECT entries.position, entries.previous FROM back
        JOIN entries ON entries.position = back.previous AND entries.sequence > ?2
        LIMIT ${STEP_ROWS})
      SELECT position, previous FROM back`),
    readAt: prepare(`
      SELECT ${LINK_COLUMNS},
        (SELECT hash FROM entries AS before WHERE before.position = entries.position - 1)
      FROM entries WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position`),
    readStreams: prepare(`
      SELECT streams.stream, streams.sequence,
        opening.text ->> '$.atMs', latest.text ->> '$.atMs', latest.text ->> '$.type'
      FROM streams
      JOIN entries AS opening ON opening.position = streams.first
      JOIN entries AS latest ON latest.position = streams.last
      ORDER BY streams.first`),
    readSnapshot: prepare(
      'SELECT sequence, fold_version, state, seal FROM snapshots WHERE stream = ?',
    ),
  } as const
}
