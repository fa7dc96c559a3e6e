/** A worker of pg-boss, which makes its queue when it is not there yet. */
import { PgBoss } from 'pg-boss'

const boss = new PgBoss({
  connectionString: process.env['DATABASE_URL'] ?? '',
  application_name: 'orders worker',
  useListenNotify: true,
})
boss.on('error', console.error)
await boss.start()
await boss.createQueue('orders', { notify: true })
const version = `orders@${process.env['RELEASE']}`
await boss.work<{ readonly token: string }, unknown>(
  'orders',
  { pollingIntervalSeconds: 0.5 },
  async ([job]) => ({ token: job?.data.token, version }),
)
