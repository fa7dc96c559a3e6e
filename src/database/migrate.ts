/**
 * Brings a database to the schema of this program, one replica at a time. It must never touch a schema
 * that only a newer program understands.
 */
import type { ClientBase } from 'pg'
import { Fault } from '../core/fault/fault.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'

/** Held while a replica migrates; any number will do as long as all replicas use the same. */
const LOCK = 1_380_797_524

interface Version {
  readonly number: number
  readonly compatibleFrom: number
}

/**
 * Runs the steps that are missing. Either all of them are there afterwards, or none.
 *
 * @throws ledger-newer when the schema has left what this program knows behind.
 */
export async function migrateDatabase(
  client: ClientBase,
  subject: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const known = migrations.length
  const found = await readVersion(client)
  if (found !== undefined && found.number >= known) return checkVersion(found, known, subject)
  await client.query('BEGIN')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    await runSteps(client, migrations, subject)
    await client.query('COMMIT')
  } catch (thrown) {
    // When the connection is what broke, there is nothing left to roll back, and the cause counts.
    await client.query('ROLLBACK').catch(() => undefined)
    throw thrown
  }
}

/** Refuses a schema that only newer programs understand. */
export function checkVersion(found: Version, known: number, subject: string): void {
  if (found.compatibleFrom <= known) return
  const hint =
    `Its schema ${found.number} needs a program that knows ${found.compatibleFrom}; ` +
    `this one knows ${known}.`
  throw new Fault({ code: 'ledger-newer', operation: 'open the database', subject, hint })
}

/** How the schema of a database stands to this program. */
export interface SchemaStanding {
  /** The last step that was made; undefined: none was. */
  readonly number: number | undefined
  /** The oldest step that a program may know and still use it. */
  readonly compatibleFrom: number
  /** The last step that this program knows. */
  readonly known: number
}

/** Reads it. */
export async function readStanding(
  client: Pick<ClientBase, 'query'>,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<SchemaStanding> {
  const found = await readVersion(client)
  const known = migrations.length
  return { number: found?.number, compatibleFrom: found?.compatibleFrom ?? 0, known }
}

/** The version of the schema; undefined where there is none. */
export async function readVersion(client: Pick<ClientBase, 'query'>): Promise<Version | undefined> {
  // From the catalogue itself: `to_regclass` would remember what it said before we waited for a lock.
  const { rows: tables } = await client.query(
    `SELECT FROM pg_class WHERE relname = 'schema' AND relnamespace =
      (SELECT oid FROM pg_namespace WHERE nspname = 'rampart')`,
  )
  if (tables.length === 0) return undefined
  const { rows } = await client.query<[number, number]>({
    text: 'SELECT number, compatible_from FROM rampart.schema WHERE id = 1',
    rowMode: 'array',
  })
  const [row] = rows
  return row && { number: row[0], compatibleFrom: row[1] }
}

/** Another replica may have migrated while this one waited for the lock. */
async function runSteps(
  client: ClientBase,
  migrations: readonly Migration[],
  subject: string,
): Promise<void> {
  // The connection's own limit is for daily work; a step over a long table takes longer.
  await client.query('SET LOCAL statement_timeout = 0')
  const found = await readVersion(client)
  const from = found?.number ?? 0
  if (found !== undefined && from >= migrations.length) {
    return checkVersion(found, migrations.length, subject)
  }
  if (found === undefined) {
    await client.query(`
      CREATE SCHEMA IF NOT EXISTS rampart;
      CREATE TABLE rampart.schema (
        id integer PRIMARY KEY CHECK (id = 1),
        number integer NOT NULL,
        compatible_from integer NOT NULL
      );
      INSERT INTO rampart.schema VALUES (1, 0, 0)`)
  }
  for (const { sql, number, compatibleFrom } of migrations.slice(from)) {
    await client.query(sql)
    await client.query('UPDATE rampart.schema SET number = $1, compatible_from = $2', [
      number,
      compatibleFrom,
    ])
  }
}
