/**
 * Proves the ledger in a database as it was at one instant, on a connection of its own, page by page;
 * appends go on meanwhile. It repairs nothing.
 */
import type { ClientBase } from 'pg'
import { type Database, type Row, rowsOf } from '../../database/database.ts'
import type { Verification } from '../../seams/ledger.ts'
import { broken, ChainWalk, type Finding, isDisplaced } from '../chain/chain-walk.ts'
import type { HashedLink } from '../chain/link.ts'
import type { Prover } from '../chain/signature.ts'
import { CHECKPOINT_COLUMNS, checkpointOfRow, headOfRow, LINK_COLUMNS, linkOfRow } from './rows.ts'
import { READ_HEAD } from './statements.ts'

const PAGE_ROWS = 1000

/** @throws ledger-unavailable when it cannot be read */
export function verifyDatabase(database: Database, prover: Prover): Promise<Verification> {
  const deed = { code: 'ledger-unavailable', operation: 'verify the ledger' } as const
  const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
  return database.transact(deed, begin, (client) => verify(client, prover))
}

async function verify(client: ClientBase, prover: Prover): Promise<Verification> {
  const [head] = await rowsOf(client, READ_HEAD, [])
  const signed = `SELECT ${CHECKPOINT_COLUMNS} FROM rampart.checkpoints ORDER BY number`
  const checkpoints = (await rowsOf(client, { text: signed }, [])).map(checkpointOfRow)
  const walk = new ChainWalk({ checkpoints, head: head && headOfRow(head), prover })
  for await (const link of linksAfter(client, 0)) {
    const finding = walk.step(link)
    if (finding !== undefined) return explainFinding(client, finding, walk, link)
  }
  const verification = walk.finish()
  if (verification.verdict === 'broken') return verification
  return (await checkSchema(client)) ?? verification
}

async function* linksAfter(client: ClientBase, after: number): AsyncGenerator<HashedLink> {
  const text = `SELECT ${LINK_COLUMNS} FROM rampart.entries WHERE position > $1
    ORDER BY position LIMIT ${PAGE_ROWS}`
  for (let position = after; ; ) {
    const rows: readonly Row[] = await rowsOf(client, { name: 'verify-page', text }, [position])
    for (const row of rows) {
      const link = linkOfRow(row)
      ;({ position } = link)
      yield link
    }
    if (rows.length < PAGE_ROWS) return
  }
}

/** Looks behind the first bad place for what was written there: then it was moved, not changed. */
async function explainFinding(
  client: ClientBase,
  finding: Finding,
  walk: ChainWalk,
  link: HashedLink,
): Promise<Finding> {
  const { position } = finding
  if (position !== walk.position + 1) return finding
  const found = link.position === position ? link : undefined
  for await (const candidate of linksAfter(client, position)) {
    if (isDisplaced({ previousHash: walk.hash, position, found, candidate })) {
      const sentence = `What was written at ${position} stands at ${candidate.position}.`
      return broken(position, 'reordered', sentence)
    }
  }
  return finding
}

/** A trigger can change what is written, a rule or a row policy can hide it. */
async function checkSchema(client: ClientBase): Promise<Finding | undefined> {
  const text = `
    SELECT 'trigger ' || tgname FROM pg_trigger
      WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'rampart.%'
    UNION ALL SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname = 'rampart'
    UNION ALL SELECT 'policy on ' || relname FROM pg_class
      WHERE relnamespace = 'rampart'::regnamespace AND relrowsecurity`
  const [foreign] = await rowsOf(client, { text }, [])
  if (foreign === undefined) return undefined
  return broken(1, 'altered', `The schema is not the one that Rampart makes: ${foreign[0]}.`)
}
