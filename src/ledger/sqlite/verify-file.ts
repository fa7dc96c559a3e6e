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
import { findDamage, hintOfDamage, type LedgerFile } from './file-damage.ts'
import { LEDGER_FILE, openDatabase } from './open-database.ts'
import {
  CHECKPOINT_COLUMNS,
  checkpointOfRow,
  ENDS_COLUMNS,
  HEAD_COLUMNS,
  headOfRow,
  LINK_COLUMNS,
  linkOfRow,
  prepareRows,
  type Row,
  rowsOf,
} from './rows.ts'
import { withStoreFaults } from './store-fault.ts'
import { StreamWalk } from './stream-walk.ts'

/** Where the ledger is. */
export interface VerifyOptions {
  readonly folder: string
  /** How long to wait for another process's lock. @unit ms @default 2000 */
  readonly busyMs?: number
}

const OPERATION = 'verify the ledger'
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
  const file = { database, path }
  // One read transaction: what is appended meanwhile is not seen.
  withStoreFaults(OPERATION, path, () => database.exec('BEGIN'))
  const statements = readStatements(file)
  const walk = new ChainWalk({ ...statements, prover: findProver(folder) })
  const streams = new StreamWalk()
  const finding = await walkLinks(walk, streams, file)
  if (finding !== undefined) return finding
  if (statements.damage !== undefined) {
    return broken(Math.max(walk.position, 1), 'checkpoint-mismatch', statements.damage)
  }
  const verification = walk.finish()
  if (verification.verdict === 'broken') return verification
  return checkStreams(streams, file) ?? findDamage(file) ?? verification
}

/** The ledger's statements about itself; when they cannot be read, why. */
function readStatements({ database, path }: LedgerFile): {
  readonly checkpoints: readonly Checkpoint[]
  readonly head: SealedHead | undefined
  readonly damage?: string
} {
  const select = (columns: string) => rowsOf(prepareRows(database, `SELECT ${columns}`).all())
  try {
    return withStoreFaults(OPERATION, path, () => ({
      checkpoints: select(`${CHECKPOINT_COLUMNS} FROM checkpoints ORDER BY number`).map(
        checkpointOfRow,
      ),
      head: select(`${HEAD_COLUMNS} FROM head WHERE id = 1`).map(headOfRow)[0],
    }))
  } catch (thrown) {
    return { checkpoints: [], head: undefined, damage: hintOfDamage(thrown) }
  }
}

async function walkLinks(
  walk: ChainWalk,
  streams: StreamWalk,
  file: LedgerFile,
): Promise<Finding | undefined> {
  try {
    for (const row of rowsAfter(0, file)) {
      const link = linkOfRow(row)
      const finding = walk.step(link)
      if (finding !== undefined) return explainFinding(finding, walk, link, file)
      const astray = streams.step(link, row[5])
      if (astray !== undefined) return astray
      if (link.position % STEPS_PER_TURN === 0) await nextTurn()
    }
    return undefined
  } catch (thrown) {
    return broken(walk.position + 1, 'altered', hintOfDamage(thrown))
  }
}

/** Looks behind the first bad place for what was written there: then it was moved, not changed. */
function explainFinding(
  finding: Finding,
  walk: ChainWalk,
  link: HashedLink,
  file: LedgerFile,
): Finding {
  const { position } = finding
  if (position !== walk.position + 1) return finding
  const found = link.position === position ? link : undefined
  try {
    for (const row of rowsAfter(position, file)) {
      const candidate = linkOfRow(row)
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

function checkStreams(streams: StreamWalk, { database, path }: LedgerFile): Finding | undefined {
  const sql = `SELECT ${ENDS_COLUMNS}, stream FROM streams`
  try {
    return streams.finish(
      withStoreFaults(OPERATION, path, () => rowsOf(prepareRows(database, sql).all())),
    )
  } catch (thrown) {
    return broken(1, 'altered', hintOfDamage(thrown))
  }
}

function* rowsAfter(position: number, { database, path }: LedgerFile): Generator<Row> {
  const sql = `SELECT ${LINK_COLUMNS}, previous FROM entries WHERE position > ? ORDER BY position`
  const rows = withStoreFaults(OPERATION, path, () => prepareRows(database, sql).iterate(position))
  for (;;) {
    const next = withStoreFaults(OPERATION, path, () => rows.next())
    if (next.done === true) return
    yield next.value as unknown as Row
  }
}
