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
import { snapshotStatement } from '../chain/statement.ts'
import { damagedRow, LINK_COLUMNS, linkOfRow, prepareRows, type Row, rowOf } from './rows.ts'
import { withStoreFaults } from './store-fault.ts'

/** Measured: larger pages are no faster, and hold the event loop for longer. */
const PAGE_ROWS = 256

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

  /** Pages of one stream with `sequence > after`, up to the position `end`. */
  *pagesOfStream(stream: string, after: number, end: number): Generator<readonly Recorded[]> {
    for (let sequence = after; ; ) {
      const rows = this.#read(() => this.#readStreamPage(stream, sequence, end))
      const page: Recorded[] = []
      for (const row of rows) {
        const link = linkOfRow(row)
        sequence += 1
        if (link.sequence !== sequence)
          throw this.#corrupt(link.position, 'skips one of its stream')
        page.push(this.#prove(previousHashOf(row, link), link))
      }
      if (page.length > 0) yield page
      if (page.length < PAGE_ROWS) return
    }
  }

  /** Every stream, oldest first. */
  readStreams(): readonly StreamSummary[] {
    return this.#read(() => (this.#statements.readStreams.all() as unknown as Row[]).map(summaryOf))
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

  #readPage(after: number, end: number): HashedLink[] {
    const rows = this.#statements.readPage.all(after, Math.min(end, after + PAGE_ROWS))
    return (rows as unknown as Row[]).map(linkOfRow)
  }

  #readStreamPage(stream: string, after: number, end: number): Row[] {
    return this.#statements.readStream.all(stream, after, end) as unknown as Row[]
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
    readStream: prepare(`
      SELECT ${LINK_COLUMNS},
        (SELECT hash FROM entries AS previous WHERE previous.position = entries.position - 1)
      FROM entries WHERE stream = ? AND sequence > ? AND position <= ?
      ORDER BY sequence LIMIT ${PAGE_ROWS}`),
    readStreams: prepare(`
      SELECT opening.stream, latest.sequence,
        opening.text ->> '$.atMs', latest.text ->> '$.atMs', latest.text ->> '$.type'
      FROM entries AS opening
      JOIN entries AS latest ON latest.stream = opening.stream AND latest.sequence =
        (SELECT max(sequence) FROM entries WHERE stream = opening.stream)
      WHERE opening.sequence = 1 ORDER BY opening.position`),
    readSnapshot: prepare(
      'SELECT sequence, fold_version, state, seal FROM snapshots WHERE stream = ?',
    ),
  } as const
}
