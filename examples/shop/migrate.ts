/**
 * Brings the database to the newest schema, then ends: applies the missing migrations, each in a
 * transaction of its own, and installs the job queue's tables. Safe to repeat, and safe when two
 * run at once. Never changes a migration that was applied already.
 */
import { Client, DatabaseError } from 'pg'
import { brokenMigrationSql } from './break.ts'
import { type Migration, readMigrations } from './migrations.ts'
import { type Program, runProgram, ShopFailure, setting } from './program.ts'
import { installQueues } from './queue.ts'

/** Any number will do, as long as every migrator of this database takes the same. */
const MIGRATION_LOCK = 20_250_007

await runProgram('schema', async (program) => {
  const url = setting('DATABASE_URL')
  const client = new Client({ connectionString: url, application_name: 'shop schema' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migrate(client, program)
    await installQueues(url)
    program.say('the queues are installed')
  } finally {
    await client.end()
  }
})

async function migrate(client: Client, program: Program): Promise<void> {
  await client.query(
    `create table if not exists schema_migrations (
      version text primary key, applied_at timestamptz not null default now())`,
  )
  const { rows } = await client.query<{ version: string }>('select version from schema_migrations')
  const applied = new Set(rows.map((row) => row.version))
  const missing = readMigrations().filter(({ version }) => !applied.has(version))
  for (const migration of missing) {
    await apply(client, migration)
    program.say(`applied ${migration.fileName}`)
  }
  program.say(`head ${readMigrations().at(-1)?.version}, ${missing.length} applied`)
}

async function apply(client: Client, { version, fileName, sql }: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(brokenMigrationSql(version) + sql)
    await client.query('insert into schema_migrations (version) values ($1)', [version])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    if (!(error instanceof DatabaseError)) throw error
    throw new ShopFailure(`migration ${fileName} failed: ${error.message} (SQLSTATE ${error.code})`)
  }
}
