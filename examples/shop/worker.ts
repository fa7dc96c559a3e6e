/**
 * Processes orders, and answers test jobs so that others can see that it does. Never processes an
 * order twice: a job that is delivered again finds it processed.
 */
import type { Db } from 'pg-boss'
import { isWorkerPaused } from './break.ts'
import { optionalSetting, runProgram, setting } from './program.ts'
import { CANARY_QUEUE, type CanaryAnswer, ORDERS_QUEUE, openQueue } from './queue.ts'

const version = optionalSetting('WORKER_VERSION', 'worker@dev')

await runProgram('worker', async (program) => {
  const boss = await openQueue(setting('DATABASE_URL'), { name: 'shop worker', works: true })
  program.onStop(() => boss.stop({ timeout: 1000 }))
  if (!isWorkerPaused()) {
    await boss.work<{ orderId: string }>(ORDERS_QUEUE, async ([job]) => {
      if (job === undefined) return
      await processOrder(boss.getDb(), job.data.orderId)
      program.say(`processed order ${job.data.orderId}`)
    })
    await boss.work<{ token: string }, CanaryAnswer>(CANARY_QUEUE, async ([job]) => ({
      token: job?.data.token ?? '',
      version,
    }))
  }
  program.say(`${version} is connected to the queues`)
})

async function processOrder(db: Db, orderId: string): Promise<void> {
  await db.executeSql(
    `update orders set status = 'processed', processed_by = $2, processed_at = now()
      where id = $1 and status = 'placed'`,
    [orderId, version],
  )
}
