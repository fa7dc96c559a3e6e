/** Empty databases of a real PostgreSQL, one for each trial; the server ends with the test file. */
import { after } from 'node:test'
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
  readonly server: () => Promise<PostgresServer>
  readonly make: () => Promise<ScratchDatabase>
}

/** A server that is started when the first test needs it, and stopped after all tests of this file. */
export function scratchDatabases(flags: readonly string[] = []): Databases {
  let starting: Promise<PostgresServer> | undefined
  let count = 0
  after(async () => (await starting)?.stop())
  const server = (): Promise<PostgresServer> => {
    starting ??= startPostgres(flags)
    return starting
  }
  return {
    server,
    make: async () => {
      const { url: main } = await server()
      count += 1
      const name = `trial_${count}`
      await runSql(main, `CREATE DATABASE ${name}`)
      const url = main.replace(/postgres$/, name)
      return {
        url,
        sql: (text, values) => runSql(url, text, values),
        drop: async () => {
          await runSql(main, `DROP DATABASE ${name} WITH (FORCE)`)
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
