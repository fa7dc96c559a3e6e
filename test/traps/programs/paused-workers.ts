/** Workers that are connected to their queue from the start, and take no job until they are resumed. */
import { PgBoss } from 'pg-boss'
import { serveHealth } from './database.ts'
import { afterTrap, becomeReady, setting } from './program.ts'

const boss = new PgBoss({
  connectionString: setting('DATABASE_URL'),
  application_name: 'shop worker',
  schedule: false,
  max: 3,
})
boss.on('error', () => 'The server of the tests has been shut down.')
await boss.start()
await boss.createQueue('orders')
await serveHealth()
afterTrap(() => {
  becomeReady()
  void boss.work<{ token: string }, object>(
    'orders',
    { pollingIntervalSeconds: 0.5 },
    async ([job]) => ({ token: job?.data.token, version: 'worker@2' }),
  )
})
