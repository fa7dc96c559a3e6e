/**
 * Proves a ledger's file from the bytes on disk, on a connection of its own: a page that the writer
 * still holds in memory hides nothing, and appends go on meanwhile. It must never crash on a damaged
 * file and never repair one.
 */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isFault } from '../../core/fault/fault.ts'
import type { Verification } from '../../seams/ledger.ts'
import { broken, ChainWalk, type Finding, isDisplaced } from '../chain/chain-walk.ts'
import { findProver } from '../chain/key-file.ts'
import type { HashedLink } from '../chain/link.ts'
import type { Checkpoint, SealedHead } from '../chain/statement.ts'
import { expectedSchema, readSchema } from './migrations.ts'
import { LEDGER_FILE, openDatabase, pragma } from './open-database.ts'
import {
  CHECKPOINT_COLUMNS,
  checkpointOfRow,
  HEAD_COLUMNS,
  headOfRow,
  LINK_COLUMNS,
  linkOfRow,
  prepareRows,
  type Row,
  rowOf,
} from './rows.ts'
import { withStoreFaults } from './store-fault.ts'

interface File {
  readonly database: DatabaseSync
  readonly path: string
}

/** Where the ledger is. */
export interface VerifyOptions {
  readonly folder: string
  /** How long to wait for another process's lock. @unit ms @default 2000 */
  readonly busyMs?: number
}

const OPERATION = 'verify the ledger'
const MOST_REPORTS = 100
const STEPS_PER_TURN = 1000

/**
 * Verifies the ledger in a folder. A file too damaged to be opened is a finding, not a fault.
 *
 * @throws ledger-unavailable when there is no ledger or it cannot be read at all.
 * @throws ledger-newer when a newer Rampart has written it.
 */
export async function verifySqliteLedger(options: VerifyOptions): Promise<Verification> {
  const { folder, busyMs = 2000 } = options
  const path = join(folder, LEDGER_FILE)
  let database: DatabaseSync | undefined
  try {
    database = openDatabase({ folder, access: 'read', busyMs })
    return await verifyDatabase(database, folder, path)
  } catch (thrown) {
    if (isFault(thrown, 'ledger-corrupt')) return broken(1, 'altered', thrown.hint)
    throw thrown
  } finally {
    database?.close()
  }
}

async function verifyDatabase(
  database: DatabaseSync,
  folder: string,
  path: string,
): Promise<Verification> {
  // One read transaction: what is appended meanwhile is not seen.
  withStoreFaults(OPERATION, path, () => database.exec('BEGIN'))
  const statements = readStatements({ database, path })
  const walk = new ChainWalk({ ...statements, prover: findProver(folder) })
  const finding = await walkLinks(walk, { database, path })
  if (finding !== undefined) return finding
  if (statements.damage === undefined) return checkPages(walk.finish(), { database, path })
  return broken(Math.max(walk.position, 1), 'checkpoint-mismatch', statements.damage)
}

/** The ledger's statements about itself; when they cannot be read, why. */
function readStatements(file: File): {
  readonly checkpoints: readonly Checkpoint[]
  readonly head: SealedHead | undefined
  readonly damage?: string
} {
  try {
    return withStoreFaults(OPERATION, file.path, () => ({
      checkpoints: rowsOf(file, `${CHECKPOINT_COLUMNS} FROM checkpoints ORDER BY number`).map(
        checkpointOfRow,
      ),
      head: rowsOf(file, `${HEAD_COLUMNS} FROM head WHERE id = 1`).map(headOfRow)[0],
    }))
  } catch (thrown) {
    return { checkpoints: [], head: undefined, damage: hintOfDamage(thrown) }
  }
}

async function walkLinks(walk: ChainWalk, file: File): Promise<Finding | undefined> {
  try {
    for (const link of linksAfter(0, file)) {
      const finding = walk.step(link)
      if (finding !== undefined) return explainFinding(finding, walk, link, file)
      if (link.position % STEPS_PER_TURN === 0) await nextTurn()
    }
    return undefined
  } catch (thrown) {
    return broken(walk.position + 1, 'altered', hintOfDamage(thrown))
  }
}

/** Looks behind the first bad place for what was written there: then it was moved, not changed. */
function explainFinding(finding: Finding, walk: ChainWalk, link: HashedLink, file: File): Finding {
  const { position } = finding
  if (position !== walk.position + 1) return finding
  const found = link.position === position ? link : undefined
  try {
    for (const candidate of linksAfter(position, file)) {
      if (isDisplaced({ previousHash: walk.hash, position, found, candidate })) {
        const sentence = `What was written at ${position} stands at ${candidate.position}.`
        return broken(position, 'reordered', sentence)
      }
    }
    return finding
  } catch (thrown) {
    // What lies behind is damaged as well; the first finding stands.
    hintOfDamage(thrown)
    return finding
  }
}

/** What the chain cannot show: an index that hides entries, a page that nothing points to. */
function checkPages(verification: Verification, file: File): Verification {
  if (verification.verdict === 'broken') return verification
  const reports = reportDamage(file)
  if (reports.length === 0) return verification
  const rows = reports.flatMap((report) => /\brow (\d+)/.exec(report)?.[1] ?? [])
  const position = rows.length === 0 ? 1 : Math.min(...rows.map(Number))
  return broken(position, 'altered', `SQLite finds its file damaged: ${reports[0]}.`)
}

function reportDamage(file: File): readonly string[] {
  try {
    return withStoreFaults(OPERATION, file.path, () =>
      prepareRows(file.database, `PRAGMA integrity_check(${MOST_REPORTS})`)
        .all()
        .map((row) => String(rowOf(row)?.[0]))
        .filter((report) => report !== 'ok')
        .concat(reportSchema(file)),
    )
  } catch (thrown) {
    return [hintOfDamage(thrown)]
  }
}

/** A changed schema can hide entries from a query, and a trigger can change what is written. */
function reportSchema({ database }: File): readonly string[] {
  const expected = expectedSchema(pragma(database, 'user_version'))
  return readSchema(database) === expected ? [] : ['its schema is not the one that Rampart makes']
}

function* linksAfter(position: number, { database, path }: File): Generator<HashedLink> {
  const sql = `SELECT ${LINK_COLUMNS} FROM entries WHERE position > ? ORDER BY position`
  const rows = withStoreFaults(OPERATION, path, () => prepareRows(database, sql).iterate(position))
  for (;;) {
    const next = withStoreFaults(OPERATION, path, () => rows.next())
    if (next.done === true) return
    yield linkOfRow(next.value as unknown as Row)
  }
}

function rowsOf({ database }: File, columns: string): Row[] {
  return prepareRows(database, `SELECT ${columns}`).all() as unknown as Row[]
}

/** The hint of a fault that damage causes; anything else is thrown on. */
function hintOfDamage(thrown: unknown): string {
  if (isFault(thrown, 'ledger-corrupt')) return thrown.hint
  throw thrown
}
