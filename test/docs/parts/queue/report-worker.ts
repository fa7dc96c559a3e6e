/** A worker of graphile-worker, which makes its tables when they are not there yet. */
import { run, type Task } from 'graphile-worker'

const version = `reports@${process.env['RELEASE']}`
const canary: Task = async (payload, { query }) => {
  const { token, channel } = payload as { readonly token: string; readonly channel: string }
  await query('select pg_notify($1, $2)', [channel, JSON.stringify({ token, version })])
}
await run({
  connectionString: process.env['DATABASE_URL'] ?? '',
  taskList: { canary, report: () => undefined },
  maxPoolSize: 3,
})
