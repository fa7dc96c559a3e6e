/** Statements in databases of the copy: brief ones, which give up rather than wait for others. */
import { Client } from 'pg'

/** How long a statement may wait for a lock, or take. @unit ms */
const STATEMENT_MS = 5_000

/** Runs one statement in a database of the copy, on a connection of its own. */
export async function runSql(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({
    connectionString: url,
    application_name: 'rampart prove',
    connectionTimeoutMillis: STATEMENT_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: STATEMENT_MS,
  })
  await client.connect()
  try {
    return (await client.query(sql, [...values])).rows
  } finally {
    await client.end()
  }
}
