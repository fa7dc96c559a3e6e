/**
 * A replica that has caught up with a primary on which nothing is written any more. FROZEN=yes stops
 * it then. Its health page is one of the two that are usual: the frozen one has nothing outstanding,
 * so it says 200; the idle one judges the age of the last change, so it says 503.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { connect, serveHealth } from './database.ts'
import { answerJson, becomeReady, serve, setting } from './program.ts'

const TABLES = `create table orders (id int primary key, placed_at timestamptz not null);
create table rampart_heartbeat
  (observer text primary key, beat bigint not null, beaten_at timestamptz not null)`

const name = setting('SLOT')
const primary = await connect(setting('PRIMARY_URL'))
const replica = await connect(setting('DATABASE_URL'))
await primary.query(TABLES)
await replica.query(TABLES)
await primary.query(`create publication ${name} for all tables`)
// Both are databases of one server, which could not make the slot while it waits for itself.
await primary.query('select pg_create_logical_replication_slot($1, $2)', [name, 'pgoutput'])
const options = `create_slot = false, slot_name = '${name}', copy_data = false`
const origin = setting('PRIMARY_URL').replaceAll("'", "''")
await replica.query(
  `create subscription ${name} connection '${origin}' publication ${name} with (${options})`,
)
await primary.query("insert into orders values (1, now() - interval '1 hour')")
while ((await replica.query('select from orders')).rowCount !== 1) await pause(50)
if (process.env['FROZEN'] === 'yes') {
  await replica.query(`alter subscription ${name} disable`)
  await serveHealth()
} else {
  becomeReady()
  await serve((_request, response) => answerJson(response, 503, { lagSeconds: 3_600 }))
}
console.log('caught up')
