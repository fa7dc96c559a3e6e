/**
 * The shop's job queue: pg-boss, which keeps jobs in the shop's own database. Its queues tell the
 * worker of a new job by NOTIFY, so a job is taken within milliseconds; should a notice get lost,
 * the worker also looks every half minute by itself.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Db, PgBoss } from 'pg-boss'

/** The queue of orders to process. */
export const ORDERS_QUEUE = 'orders'
/** The queue of test jobs, by which one sees whether a worker really works. */
export const CANARY_QUEUE = 'canary'
/** The worker's answer to a canary. */
export interface CanaryAnswer {
  readonly token: string
  /** The version of the worker that answered. */
  readonly version: string
}

/** What became of a canary. */
export type CanaryResult =
  | { readonly ok: true; readonly roundTripMs: number; readonly worker: string }
  | { readonly ok: false; readonly reason: string }

/** Creates pg-boss's tables and the shop's queues. Safe to repeat. */
export async function installQueues(connectionString: string): Promise<void> {
  const boss = new PgBoss({ connectionString, supervise: false, schedule: false })
  await boss.start()
  for (const name of [ORDERS_QUEUE, CANARY_QUEUE]) await boss.createQueue(name, { notify: true })
  await boss.stop({ graceful: false })
}

/** What a program needs of the queue. */
export interface QueueOptions {
  /** Who opens it, as the database's list of sessions shows it. */
  readonly name: string
  /** Whether this program takes jobs, and looks after those that were never finished. */
  readonly works: boolean
}

/** Opens the queue; refuses when migrate.ts has not installed it. */
export async function openQueue(
  connectionString: string,
  { name, works }: QueueOptions,
): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString,
    application_name: name,
    max: 3,
    migrate: false,
    schedule: false,
    supervise: works,
    useListenNotify: works,
  })
  boss.on('error', (error) => console.error(`${name}: ${error.message}`))
  boss.on('warning', (warning) => console.error(`${name}: ${warning.message}`))
  return await boss.start()
}

/** Sends an order to the worker, as part of the transaction that `db` is in. */
export async function sendOrder(boss: PgBoss, db: Db, orderId: string): Promise<void> {
  await boss.send(ORDERS_QUEUE, { orderId }, { db, retryLimit: 2, expireInSeconds: 30 })
}

/** Sends a test job and waits until a worker has done it; leaves no job behind. */
export async function askCanary(boss: PgBoss, withinMs: number): Promise<CanaryResult> {
  const askedAtMs = performance.now()
  const token = randomUUID()
  const id = await boss.send(CANARY_QUEUE, { token }, { retryLimit: 0, expireInSeconds: 10 })
  if (id === null) return { ok: false, reason: 'the queue did not take the test job' }
  try {
    for (
      let waitMs = 2;
      performance.now() - askedAtMs < withinMs;
      waitMs = Math.min(waitMs * 2, 50)
    ) {
      const [job] = await boss.findJobs(CANARY_QUEUE, { id })
      if (job?.state === 'completed') return judge(job.output, token, performance.now() - askedAtMs)
      await pause(waitMs)
    }
    return { ok: false, reason: `no worker took the test job within ${withinMs} ms` }
  } finally {
    await boss.deleteJob(CANARY_QUEUE, id)
  }
}

function judge(output: unknown, token: string, elapsedMs: number): CanaryResult {
  const answer = output as Partial<CanaryAnswer>
  if (answer.token !== token || answer.version === undefined) {
    return { ok: false, reason: 'a worker completed the test job, but answered another question' }
  }
  return { ok: true, roundTripMs: Math.round(elapsedMs * 10) / 10, worker: answer.version }
}
