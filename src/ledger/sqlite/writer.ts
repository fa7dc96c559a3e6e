/**
 * The one hand that writes: a group of appends, a checkpoint or a snapshot, each in one transaction
 * that also moves and seals the head. Another process may write too: what is remembered of the streams
 * is dropped whenever the head is not where this writer left it.
 */
import { statfsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { present } from '../../core/fault/assert.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Recorded, Snapshot } from '../../seams/ledger.ts'
import { conflictFault, type PreparedAppend } from '../chain/admission.ts'
import { GENESIS_HASH, linkHash } from '../chain/link.ts'
import type { Signer } from '../chain/signature.ts'
import {
  checkpointStatement,
  type Head,
  headStatement,
  type SealedHead,
  snapshotStatement,
} from '../chain/statement.ts'
import type { Outcome } from './append-queue.ts'
import {
  ENDS_COLUMNS,
  endsOfRow,
  HEAD_COLUMNS,
  headOfRow,
  prepareRows,
  type Row,
  rowOf,
  type StreamEnds,
} from './rows.ts'
import { withStoreFaults } from './store-fault.ts'

/** What a writer is made of. */
export interface WriterOptions {
  readonly database: DatabaseSync
  readonly path: string
  readonly signer: Signer
  readonly clock: Clock
  /** How many entries may follow a checkpoint before the next is signed. */
  readonly checkpointEvery: number
}

const NO_ENDS: StreamEnds = { sequence: 0, first: 0, last: 0 }
const EMPTY_HEAD: Head = { position: 0, hash: GENESIS_HASH, checkpoints: 0, checkpointPosition: 0 }

/** With less room on its disk a ledger is not called healthy. @unit bytes */
const ROOM_MIN = 8 * 1024 * 1024

/** Writes to one database. */
export class Writer {
  readonly #options: WriterOptions
  readonly #statements: ReturnType<typeof prepareStatements>
  /** The ends of every stream asked for so far. */
  readonly #ends = new Map<string, StreamEnds>()
  /** Where this writer left the chain; unknown until it has looked. */
  #known: Head | undefined

  /** @throws ledger-corrupt when the head's seal is broken or its entry is not there. */
  constructor(options: WriterOptions) {
    this.#options = options
    this.#statements = prepareStatements(options.database)
    this.#transact('open the ledger', () => {
      const isNew = this.#readHead() === undefined && this.#readLast() === undefined
      if (isNew) this.#moveHead(EMPTY_HEAD)
      this.#followHead()
    })
  }

  /** Writes a group of appends; one that conflicts does not keep the others from being written. */
  commit(group: readonly PreparedAppend[]): readonly Outcome[] {
    return this.#transact('append entries', () => {
      this.#followHead()
      const before = this.#head.position
      const outcomes = group.map((prepared) => this.#write(prepared))
      if (this.#head.position > before) this.#settleHead()
      return outcomes
    })
  }

  /** Signs the head unless the last checkpoint did. */
  checkpoint(): void {
    this.#transact('sign a checkpoint', () => {
      this.#followHead()
      if (this.#head.position === this.#head.checkpointPosition) return
      this.#sign()
      this.#moveHead(this.#head)
    })
  }

  /**
   * Takes the lock that a commit takes, looks at the head, and lets go.
   *
   * @returns when the last entry of all was written, if there is one
   */
  checkHealth(): number | undefined {
    const { path } = this.#options
    return this.#transact('check the ledger', () => {
      this.#followHead()
      const { bavail, bsize } = statfsSync(path)
      if (bavail * bsize < ROOM_MIN) throw noRoom(path)
      const [atMs] = rowOf(this.#statements.readLatest.get()) ?? []
      return typeof atMs === 'number' ? atMs : undefined
    })
  }

  /** Keeps a snapshot unless a later one of the stream is kept. */
  saveSnapshot(snapshot: Snapshot): void {
    const { stream, sequence, foldVersion, state } = snapshot
    const seal = this.#options.signer.seal(snapshotStatement(snapshot))
    this.#transact('save a snapshot', () => {
      this.#statements.saveSnapshot.run(stream, sequence, foldVersion, state, seal)
    })
  }

  #transact<Value>(operation: string, step: () => Value): Value {
    const { database, path } = this.#options
    return withStoreFaults(operation, path, () => {
      const before = this.#known
      database.exec('BEGIN IMMEDIATE')
      try {
        const value = step()
        database.exec('COMMIT')
        return value
      } catch (thrown) {
        this.#ends.clear()
        this.#known = before
        if (database.isTransaction) database.exec('ROLLBACK')
        throw thrown
      }
    })
  }

  /** Catches up with what another process has written since. */
  #followHead(): void {
    const head = this.#readHead()
    if (head === undefined) throw this.#corrupt('The head of its chain is missing.')
    const known = this.#known
    this.#known = head
    if (head.position === known?.position && head.hash === known.hash) return
    this.#ends.clear()
    if (this.#options.signer.checkSeal(headStatement(head), head.seal) !== 'valid') {
      throw this.#corrupt('The seal of its head is broken.')
    }
    const [position, hash] = this.#readLast() ?? [0, GENESIS_HASH]
    if (position !== head.position || hash !== head.hash) {
      throw this.#corrupt(`It ends at ${position}, but its head says ${head.position}.`)
    }
  }

  get #head(): Head {
    return present(this.#known, 'Whoever writes has looked at the head first.')
  }

  #readHead(): SealedHead | undefined {
    const row = rowOf(this.#statements.readHead.get())
    return row === undefined ? undefined : headOfRow(row)
  }

  #readLast(): Row | undefined {
    return rowOf(this.#statements.readLast.get())
  }

  #write({ append, texts }: PreparedAppend): Outcome {
    const { stream, after, entries } = append
    const ends = this.#ends.get(stream) ?? this.#readEnds(stream)
    let { sequence, last } = ends
    if (sequence !== after) return { verdict: 'refused', fault: conflictFault(append, sequence) }
    const recorded: Recorded[] = []
    let { position, hash } = this.#head
    const first = ends.first === 0 ? position + 1 : ends.first
    for (const [index, text] of texts.entries()) {
      position += 1
      sequence += 1
      hash = linkHash(hash, { position, stream, sequence, text })
      this.#statements.insert.run(position, stream, sequence, last, text, hash)
      last = position
      const entry = present(entries[index], 'Every text was printed from an entry.')
      recorded.push({ position, stream, sequence, entry, hash })
    }
    if (recorded.length > 0) {
      this.#statements.moveEnds.run(stream, sequence, first, last)
      this.#ends.set(stream, { sequence, first, last })
      this.#known = { ...this.#head, position, hash }
    }
    return { verdict: 'recorded', recorded }
  }

  #readEnds(stream: string): StreamEnds {
    const row = rowOf(this.#statements.readEnds.get(stream))
    return row === undefined ? NO_ENDS : endsOfRow(row)
  }

  #settleHead(): void {
    const { position, checkpointPosition } = this.#head
    if (position - checkpointPosition >= this.#options.checkpointEvery) this.#sign()
    this.#moveHead(this.#head)
  }

  #sign(): void {
    const { signer, clock } = this.#options
    const { position, hash } = this.#head
    const number = this.#head.checkpoints + 1
    const atMs = Math.trunc(clock.nowMs())
    const { publicKey } = signer
    const signature = signer.sign(checkpointStatement({ number, position, hash, atMs, publicKey }))
    this.#statements.addCheckpoint.run(number, position, hash, atMs, publicKey, signature)
    this.#known = { position, hash, checkpoints: number, checkpointPosition: position }
  }

  #moveHead(head: Head): void {
    const { position, hash, checkpoints, checkpointPosition } = head
    const seal = this.#options.signer.seal(headStatement(head))
    this.#statements.moveHead.run(position, hash, checkpoints, checkpointPosition, seal)
  }

  #corrupt(hint: string): Fault {
    const { path } = this.#options
    return new Fault({ code: 'ledger-corrupt', operation: 'open the ledger', subject: path, hint })
  }
}

function noRoom(path: string): Fault {
  const hint = 'The disk that it lies on is full, or nearly so.'
  const operation = 'check the ledger'
  return new Fault({ code: 'ledger-unavailable', operation, subject: path, hint })
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => prepareRows(database, sql)
  return {
    insert: prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)'),
    readEnds: prepare(`SELECT ${ENDS_COLUMNS} FROM streams WHERE stream = ?`),
    moveEnds: prepare(`
      INSERT INTO streams VALUES (?, ?, ?, ?)
      ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence, last = excluded.last`),
    readLast: prepare('SELECT position, hash FROM entries ORDER BY position DESC LIMIT 1'),
    readLatest: prepare(`
      SELECT text ->> '$.atMs' FROM entries ORDER BY position DESC LIMIT 1`),
    readHead: prepare(`SELECT ${HEAD_COLUMNS} FROM head WHERE id = 1`),
    moveHead: prepare('INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?, ?, ?)'),
    addCheckpoint: prepare('INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)'),
    saveSnapshot: prepare(`
      INSERT INTO snapshots VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence,
        fold_version = excluded.fold_version, state = excluded.state, seal = excluded.seal
      WHERE excluded.sequence >= snapshots.sequence`),
  } as const
}
