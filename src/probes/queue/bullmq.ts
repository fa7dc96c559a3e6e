/**
 * Looks at a queue of BullMQ and sends a canary through it, by BullMQ's own class. The canary is a job
 * like any other, but it is tried once, and kept until its answer has been read.
 */
import type { Job, Queue } from 'bullmq'
import type { Json } from '../../core/units/json.ts'
import { type CanaryHandling, followCanary, readAnswer } from './canary.ts'
import { type CanaryLook, COUNT_MAX, type CollectedFacts, type QueueCounts } from './facts.ts'
import type { QueueInput } from './queue-input.ts'
import type { RedisSession } from './redis-session.ts'

/** Looks and sends; `report` gets what is known after every step. */
export async function askBullmq(
  session: RedisSession,
  input: QueueInput,
  { signal, report }: { readonly signal: AbortSignal; report(facts: CollectedFacts): void },
): Promise<void> {
  const queue = await openQueue(session, input, input.queue)
  const isOne = input.canaryQueue === input.queue
  const through = isOne ? queue : await openQueue(session, input, input.canaryQueue)
  const handling = new BullmqCanary(session, through, input)
  const canary = await followCanary(handling, { withinMs: input.processedWithinMs, signal })
  report({ canary })
  const workers = await countWorkers(through)
  const counts = await countJobs(session, queue)
  const own = isOne && canary.state === 'taken' ? 1 : 0
  report({
    canary,
    counts: { ...counts, active: Math.max(0, counts.active - own) },
    ...(workers === undefined ? {} : { workers }),
  })
}

async function openQueue(session: RedisSession, input: QueueInput, name: string): Promise<Queue> {
  // Loading the library takes longer than asking; who asks no BullMQ need not wait for it.
  const { Queue } = await import('bullmq')
  const queue = new Queue(name, {
    connection: session.client as never,
    prefix: input.space,
    skipMetasUpdate: true,
  })
  queue.on('error', () => 'Whoever waits for an answer is told.')
  await queue.waitUntilReady()
  return queue
}

async function countJobs(session: RedisSession, queue: Queue): Promise<QueueCounts> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active')
  const { waiting = 0, prioritized = 0, active = 0 } = counts
  const first = await queue.getJobs(['waiting', 'prioritized'], 0, 0, true)
  const [seconds, micros] = (await session.client.time()) as unknown as readonly [string, string]
  const nowMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
  const dueMs = first.filter((job) => job !== undefined).map((job) => job.timestamp + job.delay)
  return {
    waiting: waiting + prioritized,
    active,
    ...(dueMs.length === 0 ? {} : { oldestWaitingMs: Math.max(0, nowMs - Math.min(...dueMs)) }),
    isPaused: await queue.isPaused(),
  }
}

/** Undefined where the server does not let one see who is connected. */
async function countWorkers(queue: Queue): Promise<number | undefined> {
  try {
    const workers = await queue.getWorkers()
    return workers.some(({ name }) => name?.startsWith('GCP') === true) ? undefined : workers.length
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'ReplyError') return undefined
    throw thrown
  }
}

class BullmqCanary implements CanaryHandling {
  readonly #session: RedisSession
  readonly #queue: Queue
  readonly #input: QueueInput

  constructor(session: RedisSession, queue: Queue, input: QueueInput) {
    this.#session = session
    this.#queue = queue
    this.#input = input
  }

  async send(): Promise<'sent' | 'continued'> {
    const { canaryId, canaryName, data } = this.#input
    const earlier = await this.#find()
    const isWaiting = earlier !== undefined && stateOf(earlier) === 'waiting'
    if (isWaiting || (earlier !== undefined && !(await remove(earlier)))) return 'continued'
    const token = crypto.randomUUID()
    await this.#queue.add(
      canaryName,
      { ...data, token },
      { jobId: canaryId, attempts: 1, removeOnComplete: false, removeOnFail: false },
    )
    return 'sent'
  }

  async look(): Promise<CanaryLook> {
    const job = await this.#find()
    if (job === undefined) return { state: 'removed' }
    const state = stateOf(job)
    const takenBy = job.processedBy === undefined ? {} : { takenBy: job.processedBy }
    if (state === 'failed') return { state, message: job.failedReason, ...takenBy }
    if (state !== 'done') return { state, ...takenBy }
    const answer = readAnswer(job.returnvalue as Json, String(job.data.token))
    return { state, ...takenBy, ...(answer === undefined ? {} : { answer }) }
  }

  /** Jobs are taken from a list's end. */
  async countAhead(): Promise<number> {
    const key = this.#queue.toKey('wait')
    const words = [this.#input.canaryId, 'RANK', '-1', 'MAXLEN', String(COUNT_MAX)]
    const at = await this.#session.client.call('LPOS', key, ...words)
    const length = Number(await this.#session.client.llen(key))
    if (at !== null) return Math.max(0, length - 1 - Number(at))
    return length > COUNT_MAX ? COUNT_MAX : 0
  }

  async takeBack(): Promise<void> {
    const job = await this.#find()
    if (job !== undefined && stateOf(job) !== 'taken') await remove(job)
  }

  async #find(): Promise<Job | undefined> {
    return await this.#queue.getJob(this.#input.canaryId)
  }
}

function stateOf(job: Job): CanaryLook['state'] {
  if (job.finishedOn !== undefined) return job.failedReason === undefined ? 'done' : 'failed'
  return job.processedOn === undefined ? 'waiting' : 'taken'
}

/** Whether it could be removed; what a worker holds a lock on cannot. */
async function remove(job: Job): Promise<boolean> {
  try {
    await job.remove()
    return true
  } catch (thrown) {
    if (thrown instanceof Error && /locked/.test(thrown.message)) return false
    throw thrown
  }
}
