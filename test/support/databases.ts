/** Empty databases of a real PostgreSQL, one for each trial; the server ends with the test file. */
import { after, before } from 'node:test'
import pg from 'pg'
import { type PostgresServer, startPostgres } from './postgres.ts'

/** A database of its own. */
export interface ScratchDatabase {
  readonly url: string
  /** Runs SQL as the superuser, as somebody else would. */
  readonly sql: (text: string, values?: readonly unknown[]) => Promise<readonly unknown[]>
  readonly drop: () => Promise<void>
}

/** Makes databases. */
export interface Databases {
  readonly server: () => PostgresServer
  readonly make: () => Promise<ScratchDatabase>
}

/** Starts a server before the tests of this file and stops it after them. */
export function scratchDatabases(flags: readonly string[] = []): Databases {
  let server: PostgresServer | undefined
  let count = 0
  before(async () => {
    server = await startPostgres(flags)
  })
  after(() => server?.stop())
  const running = (): PostgresServer => {
    if (server === undefined) throw new TypeError('Databases are made while tests run.')
    return server
  }
  return {
    server: running,
    make: async () => {
      count += 1
      const name = `trial_${count}`
      await runSql(running().url, `CREATE DATABASE ${name}`)
      const url = running().url.replace(/postgres$/, name)
      return {
        url,
        sql: (text, values) => runSql(url, text, values),
        drop: async () => {
          await runSql(running().url, `DROP DATABASE ${name} WITH (FORCE)`)
        },
      }
    },
  }
}

async function runSql(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query({ text, values: [...values], rowMode: 'array' })
    return rows
  } finally {
    await client.end()
  }
}
