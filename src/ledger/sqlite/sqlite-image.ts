/** Takes the image of a ledger in a SQLite file, and makes a file of an image. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Fault } from '../../core/fault/fault.ts'
import type { LedgerPart } from '../chain/image.ts'
import { PRIVATE_KEY_FILE, PUBLIC_KEY_FILE } from '../chain/key-file.ts'
import { publicKeyPemOf } from '../chain/signature.ts'
import { LEDGER_FILE, openDatabase } from './open-database.ts'
import {
  CHECKPOINT_COLUMNS,
  checkpointOfRow,
  HEAD_COLUMNS,
  headOfRow,
  LINK_COLUMNS,
  linkOfRow,
  prepareRows,
  rowsOf,
} from './rows.ts'
import { withStoreFaults } from './store-fault.ts'

const BUSY_MS = 5000
const PARTS_PER_TURN = 500

/**
 * The image of the ledger in a folder as it is when the first piece is asked for; its daemon may go on
 * appending meanwhile.
 *
 * @throws ledger-unavailable, ledger-newer, ledger-corrupt
 */
export async function* readSqliteImage(folder: string): AsyncGenerator<LedgerPart> {
  const path = join(folder, LEDGER_FILE)
  const database = openDatabase({ folder, access: 'read', busyMs: BUSY_MS })
  try {
    yield { part: 'key', privateKeyPem: readKey(folder) }
    withStoreFaults('read the ledger', path, () => database.exec('BEGIN'))
    let parts = 0
    for (const piece of piecesOf(database)) {
      yield piece
      parts += 1
      if (parts % PARTS_PER_TURN === 0) await nextTurn()
    }
  } finally {
    database.close()
  }
}

function readKey(folder: string): string {
  const path = join(folder, PRIVATE_KEY_FILE)
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    const hint = `The key of the ledger cannot be read: ${(thrown as Error).message}.`
    const operation = 'read the ledger'
    throw new Fault({ code: 'ledger-unavailable', operation, subject: path, hint, cause: thrown })
  }
}

function* piecesOf(database: DatabaseSync): Generator<LedgerPart> {
  const rows = (sql: string) => rowsOf(prepareRows(database, sql).all())
  for (const row of rows(`SELECT ${CHECKPOINT_COLUMNS} FROM checkpoints ORDER BY number`)) {
    yield { part: 'checkpoint', ...checkpointOfRow(row) }
  }
  for (const row of rows(`SELECT ${HEAD_COLUMNS} FROM head`)) {
    yield { part: 'head', ...headOfRow(row) }
  }
  const links = prepareRows(database, `SELECT ${LINK_COLUMNS} FROM entries ORDER BY position`)
  for (const row of links.iterate()) yield { part: 'link', ...linkOfRow(rowsOf([row])[0] ?? []) }
  for (const row of rows('SELECT stream, sequence, fold_version, state, seal FROM snapshots')) {
    const [stream, sequence, foldVersion, state, seal] = row
    const [numbers, texts] = [
      { sequence: Number(sequence), foldVersion: Number(foldVersion) },
      { stream: String(stream), state: String(state), seal: String(seal) },
    ]
    yield { part: 'snapshot', ...numbers, ...texts }
  }
}

/** Writes an image into a folder that has no ledger. Whoever gave up half-way removes the folder. */
export class SqliteImageWriter {
  readonly #folder: string
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepareStatements>
  /** The position of the last entry of every stream. */
  readonly #last = new Map<string, number>()

  constructor(folder: string) {
    this.#folder = folder
    this.#database = openDatabase({ folder, access: 'write', busyMs: BUSY_MS })
    this.#statements = prepareStatements(this.#database)
    this.#database.exec('BEGIN IMMEDIATE')
  }

  take(piece: LedgerPart): void {
    if (piece.part === 'key') this.#keepKey(piece.privateKeyPem)
    else if (piece.part === 'link') this.#insert(piece)
    else if (piece.part === 'checkpoint') {
      const { number, position, hash, atMs, publicKey, signature } = piece
      this.#statements.checkpoint.run(number, position, hash, atMs, publicKey, signature)
    } else if (piece.part === 'head') {
      const { position, hash, checkpoints, checkpointPosition, seal } = piece
      this.#statements.head.run(position, hash, checkpoints, checkpointPosition, seal)
    } else {
      const { stream, sequence, foldVersion, state, seal } = piece
      this.#statements.snapshot.run(stream, sequence, foldVersion, state, seal)
    }
  }

  /** Everything is on the disk afterwards, in one file. */
  finish(): void {
    this.#database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
    this.close()
  }

  /** Idempotent. */
  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #keepKey(privateKeyPem: string): void {
    writeFileSync(join(this.#folder, PRIVATE_KEY_FILE), privateKeyPem, { mode: 0o600, flush: true })
    const publicKeyPem = publicKeyPemOf(privateKeyPem)
    writeFileSync(join(this.#folder, PUBLIC_KEY_FILE), publicKeyPem, { mode: 0o644, flush: true })
  }

  #insert(link: Extract<LedgerPart, { readonly part: 'link' }>): void {
    const { position, stream, sequence, text, hash } = link
    const previous = this.#last.get(stream) ?? 0
    this.#statements.entry.run(position, stream, sequence, previous, text, hash)
    this.#statements.ends.run(stream, sequence, position, position)
    this.#last.set(stream, position)
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    entry: database.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)'),
    ends: database.prepare(`INSERT INTO streams VALUES (?, ?, ?, ?)
      ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence, last = excluded.last`),
    checkpoint: database.prepare('INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)'),
    head: database.prepare('INSERT INTO head VALUES (1, ?, ?, ?, ?, ?)'),
    snapshot: database.prepare('INSERT INTO snapshots VALUES (?, ?, ?, ?, ?)'),
  } as const
}
