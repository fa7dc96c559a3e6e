/**
 * The `queue` probe: sends a canary through a job queue and passes only once a worker, of the expected
 * version, has done it in time. A connected worker proves nothing: a paused one is connected as well.
 * The canary is removed again; whatever else is in the queue is only counted.
 */
import type { Socket } from 'node:net'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { openConnection } from '../connection/open-connection.ts'
import { secureConnection } from '../connection/secure-connection.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessQueue } from './assess-queue.ts'
import { askBullmq } from './bullmq.ts'
import type { CollectedFacts, QueueFacts, QueueFailure } from './facts.ts'
import { askGraphileWorker } from './graphile-worker.ts'
import { askPgBoss } from './pg-boss.ts'
import { type QueueInput, readQueueInput } from './queue-input.ts'
import { RedisSession } from './redis-session.ts'
import { SqlSession } from './sql-session.ts'

type Seen = Omit<QueueFacts, 'latencyMs'>

/** Sends canaries through job queues. */
export class QueueProbe implements Probe {
  readonly kind = 'queue'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readQueueInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = await see(input, asking.signal)
    return assessQueue(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }
}

async function see(input: QueueInput, signal: AbortSignal): Promise<Seen> {
  const { host, port } = input
  const connection = await openConnection({ host, port }, signal)
  const { failed } = connection
  if (!connection.opened) return { failed, failure: { code: connection.code, message: '' } }
  const { socket, address, family } = connection
  const seen = { failed, connected: { address, family } }
  const ask = input.system === 'bullmq' ? askRedis : askSql
  return { ...seen, ...(await ask(input, { socket, address, signal })) }
}

interface Line {
  readonly socket: Socket
  readonly address: string
  readonly signal: AbortSignal
}

type Outcome = CollectedFacts & { readonly failure?: QueueFailure }

async function askSql(input: QueueInput, line: Line): Promise<Outcome> {
  const { socket, address, signal } = line
  const { url, port, system } = input
  const session = await SqlSession.over({ url, host: address, port, socket, signal })
  const ask = system === 'pgBoss' ? askPgBoss : askGraphileWorker
  try {
    return await collect(signal, async (report) => {
      await session.open()
      await ask(session, input, { signal, report })
    })
  } finally {
    await session.close()
  }
}

async function askRedis(input: QueueInput, line: Line): Promise<Outcome> {
  const { signal } = line
  const { host, tls, url } = input
  let { socket } = line
  if (url.protocol === 'rediss:') {
    const secured = await secureConnection({ socket, host, tls, signal })
    if ('failure' in secured) return { failure: { code: secured.failure, message: '' } }
    socket = secured.socket
  }
  const session = await RedisSession.over(socket, { url, signal })
  try {
    return await collect(
      signal,
      async (report) => {
        await session.signIn()
        await askBullmq(session, input, { signal, report })
      },
      () => session.trouble,
    )
  } finally {
    session.close()
  }
}

/** What was reported until it ended, and why it ended early. */
async function collect(
  signal: AbortSignal,
  ask: (report: (facts: CollectedFacts) => void) => Promise<void>,
  trouble: () => Error | undefined = () => undefined,
): Promise<Outcome> {
  let collected: CollectedFacts = {}
  try {
    await ask((facts) => {
      collected = facts
    })
    return collected
  } catch (thrown) {
    const isRefusal = thrown instanceof Error && thrown.name === 'ReplyError'
    const cause = isRefusal ? thrown : (trouble() ?? thrown)
    return { ...collected, failure: failureOf(cause, signal) }
  }
}

function failureOf(thrown: unknown, signal: AbortSignal): QueueFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (signal.aborted) return { code: 'ABORTED', message }
  if (thrown instanceof Error && thrown.name === 'ReplyError') {
    const [, code = 'ERR', rest = message] = /^([A-Z]+) (.*)$/s.exec(message) ?? []
    return { code, message: rest }
  }
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
    return { code: thrown.code, message }
  }
  // The driver has no codes for these two.
  if (/password must be/.test(message)) return { code: 'NO_PASSWORD', message }
  if (/does not support SSL/.test(message)) return { code: 'EPROTO', message }
  if (/protocol error|reply type|RESP/i.test(message)) return { code: 'NOT_SPOKEN', message }
  return { code: 'ECONNRESET', message }
}
