/** Asks an open session everything that the input wants to know. Reads only, but for a heartbeat. */
import type { Json, JsonObject } from '../../core/units/json.ts'
import type { IndexFacts, MigrationFacts, PostgresFacts, TableFacts } from './facts.ts'
import { migrationQuery, recognizeMigrationRecord } from './migration-record.ts'
import { observeReplication } from './observe-replication.ts'
import type { MigrationsInput, PostgresInput } from './postgres-input.ts'
import type { Session } from './session.ts'

/** The most rows that become evidence. */
const ROWS_MAX = 100

const SERVER = `
  select current_setting('server_version') as version, pg_is_in_recovery() as recovery`

/** Tables, partitioned tables, views, materialized views and foreign tables, by their SQL names. */
const TABLES = `
  select wanted.name, c.oid::regclass::text as sql,
    to_json(array(select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)) as columns
  from unnest($1::text[]) with ordinality as wanted(name, place)
  left join pg_class c on c.oid = to_regclass(wanted.name) and c.relkind in ('r','p','v','m','f')
  order by wanted.place`

const INDEXES = `
  select wanted.name, i.indexrelid is not null as present, i.indisvalid and i.indisready as valid
  from unnest($1::text[]) with ordinality as wanted(name, place)
  left join pg_index i on i.indexrelid = to_regclass(wanted.name)
  order by wanted.place`

/** What a session can tell. */
export type CollectedFacts = Pick<
  PostgresFacts,
  | 'serverVersion'
  | 'inRecovery'
  | 'tables'
  | 'indexes'
  | 'migrations'
  | 'replication'
  | 'rows'
  | 'isTruncated'
>

/** What is asked, and of whom. */
export interface CollectionOptions {
  readonly session: Session
  readonly input: PostgresInput
  readonly signal: AbortSignal
}

/** Asks; `report` gets what is known after every step, so that a failure later loses nothing. */
export async function collectFacts(
  { session, input, signal }: CollectionOptions,
  report: (facts: CollectedFacts) => void,
): Promise<void> {
  await session.query('begin transaction read only')
  const [server] = await session.query(SERVER)
  let facts: CollectedFacts = {
    serverVersion: textOf(server?.['version']),
    inRecovery: server?.['recovery'] === true,
    tables: [],
    indexes: [],
  }
  report(facts)
  const names = Object.keys(input.tables)
  if (names.length > 0) {
    facts = { ...facts, tables: (await session.query(TABLES, [names])).map(readTable) }
    report(facts)
  }
  if (input.indexes.length > 0) {
    facts = { ...facts, indexes: (await session.query(INDEXES, [input.indexes])).map(readIndex) }
    report(facts)
  }
  if (input.migrations !== undefined) {
    facts = { ...facts, migrations: await readMigrations(session, input.migrations) }
    report(facts)
  }
  if (input.replication !== undefined) {
    const { replication } = input
    await session.query('commit')
    facts = {
      ...facts,
      replication: await observeReplication({ session, place: input, replication, signal }),
    }
    report(facts)
  }
  if (input.query !== undefined && !signal.aborted) {
    if (input.replication !== undefined) await session.query('begin transaction read only')
    const { rows, isTruncated } = await session.queryAtMost(input.query, ROWS_MAX)
    report({ ...facts, rows, isTruncated })
  }
}

function readTable(row: JsonObject): TableFacts {
  const name = textOf(row['name'])
  return row['sql'] === null ? { name } : { name, columns: textsOf(row['columns']) }
}

function readIndex(row: JsonObject): IndexFacts {
  const state = row['present'] !== true ? 'absent' : row['valid'] === true ? 'valid' : 'invalid'
  return { name: textOf(row['name']), state }
}

async function readMigrations(session: Session, input: MigrationsInput): Promise<MigrationFacts> {
  const { table } = input
  const nothing = { table, applied: 0, unfinished: [], hasExpected: false, isLocked: false }
  const [found] = await session.query(TABLES, [[table]])
  if (found === undefined || found['sql'] === null) return { ...nothing, state: 'absent' }
  const record = recognizeMigrationRecord(textsOf(found['columns']))
  if (record === undefined) return { ...nothing, state: 'unrecognized' }
  const sql = migrationQuery(record, textOf(found['sql']))
  const [row] = await session.query(sql, [input.head ?? null])
  const { head, alias } = row ?? {}
  return {
    table,
    state: 'read',
    tool: record.tool,
    ...(typeof head === 'string' ? { head } : {}),
    ...(typeof alias === 'string' ? { alias } : {}),
    applied: Number(row?.['applied'] ?? 0),
    unfinished: textsOf(row?.['unfinished']),
    hasExpected: row?.['has_expected'] === true,
    isLocked: await readLock(session, table),
  }
}

/** Knex and Kysely keep a table beside the record that says whether they are at work. */
async function readLock(session: Session, table: string): Promise<boolean> {
  const [found] = await session.query(TABLES, [[`${table}_lock`]])
  if (found === undefined || !textsOf(found['columns']).includes('is_locked')) return false
  const [lock] = await session.query(
    `select exists(select from ${textOf(found['sql'])} where is_locked <> 0) as locked`,
  )
  return lock?.['locked'] === true
}

function textOf(json: Json | undefined): string {
  return typeof json === 'string' ? json : ''
}

function textsOf(json: Json | undefined): readonly string[] {
  return Array.isArray(json) ? json.map((item) => String(item)) : []
}
