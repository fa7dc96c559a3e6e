/**
 * Makes one region follow another: at the primary it publishes what is sold, elsewhere it subscribes to
 * that and waits for the first copy. Safe to repeat. PostgreSQL's own logical replication does the rest.
 *
 * @source PostgreSQL, Logical Replication, https://www.postgresql.org/docs/18/logical-replication.html
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { isReplicationFrozen } from './break.ts'
import { type Program, runProgram, ShopFailure, setting } from './program.ts'

const COPIED_WITHIN_MS = 5_000

/** What every region must have: who asks for orders talks to the primary. */
const PUBLISHED = ['products', 'rampart_heartbeat']

await runProgram('replication', async (program) => {
  const [url, primaryUrl] = [setting('DATABASE_URL'), setting('PRIMARY_URL')]
  const client = new Client({ connectionString: url, application_name: 'shop replication' })
  await client.connect()
  try {
    await client.query(
      `create table if not exists rampart_heartbeat (
        observer text primary key, beat bigint not null, beaten_at timestamptz not null)`,
    )
    if (url === primaryUrl) await publish(client, program)
    else await subscribe(client, primaryUrl, program)
  } finally {
    await client.end()
  }
})

async function publish(client: Client, program: Program): Promise<void> {
  const { rowCount } = await client.query("select from pg_publication where pubname = 'shop'")
  if (rowCount === 0)
    await client.query(`create publication shop for table ${PUBLISHED.join(', ')}`)
  program.say(`publishing ${PUBLISHED.join(' and ')}`)
}

async function subscribe(client: Client, primaryUrl: string, program: Program): Promise<void> {
  const { rowCount } = await client.query("select from pg_subscription where subname = 'shop'")
  if (rowCount === 0) {
    // The migrations have filled these; what the primary holds takes their place.
    await client.query(`truncate ${PUBLISHED.join(', ')} cascade`)
    const literal = client.escapeLiteral(primaryUrl)
    await client.query(`create subscription shop connection ${literal} publication shop`)
  }
  await untilCopied(client)
  program.say('the first copy is done')
  if (!isReplicationFrozen()) return
  await client.query('alter subscription shop disable')
}

async function untilCopied(client: Client): Promise<void> {
  const startedAtMs = performance.now()
  for (;;) {
    const { rows } = await client.query<{ left: number }>(
      "select count(*)::integer as left from pg_subscription_rel where srsubstate <> 'r'",
    )
    if (rows[0]?.left === 0) return
    if (performance.now() - startedAtMs > COPIED_WITHIN_MS) {
      throw new ShopFailure(`the first copy was not done within ${COPIED_WITHIN_MS} ms`)
    }
    await pause(20)
  }
}
