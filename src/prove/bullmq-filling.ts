/** Jobs put into a queue of BullMQ, as canaries are, and removed again. */
import type { JsonObject } from '../core/units/json.ts'
import type { Filling } from './backlog.ts'
import type { Jobs } from './job-backlogs.ts'

/** Puts jobs in. */
export async function fillBullmq(input: JsonObject, { count, ageMs }: Jobs): Promise<Filling> {
  const { Queue } = await import('bullmq')
  const place = input['bullmq'] as JsonObject
  const canary = (input['canary'] ?? {}) as JsonObject
  const queue = new Queue(String(place['queue']), {
    connection: connectionOf(String(place['url'])),
    prefix: String(place['prefix'] ?? 'bull'),
    skipMetasUpdate: true,
  })
  queue.on('error', () => 'Whoever waits for an answer is told.')
  const timestamp = Math.round(performance.timeOrigin + performance.now() - ageMs)
  const jobs = await queue.addBulk(
    Array.from({ length: count }, () => ({
      name: String(place['canaryName'] ?? 'canary'),
      data: canary['data'] ?? {},
      opts: { attempts: 1, removeOnComplete: true, removeOnFail: true, timestamp },
    })),
  )
  return {
    empty: async () => {
      try {
        for (const job of jobs) if (!(await job.isActive())) await job.remove()
      } finally {
        await queue.close()
      }
    },
  }
}

function connectionOf(text: string): object {
  const url = new URL(text)
  const user = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port === '' ? 6379 : url.port),
    db: Number(url.pathname.slice(1) || 0),
    ...(user === '' ? {} : { username: user }),
    ...(password === '' ? {} : { password }),
    ...(url.protocol === 'rediss:' ? { tls: { rejectUnauthorized: false } } : {}),
    retryStrategy: () => null,
    maxRetriesPerRequest: 1,
  }
}
