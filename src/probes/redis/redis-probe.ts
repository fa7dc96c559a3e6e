/**
 * The `redis` probe: signs in to Redis or Valkey as the contract says and judges what is there. It
 * reads only, and every attempt is a session of its own that is closed before the answer is given. A
 * server that loads its data accepts, and answers some commands, long before it can be used.
 */
import type { Socket } from 'node:net'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { openConnection } from '../connection/open-connection.ts'
import { secureConnection } from '../connection/secure-connection.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessRedis } from './assess-redis.ts'
import { collectFacts } from './collect-facts.ts'
import type { CollectedFacts, RedisFacts, RedisFailure } from './facts.ts'
import { type RedisInput, readRedisInput } from './redis-input.ts'
import { isRefusal, Session } from './session.ts'

type Seen = Omit<RedisFacts, 'latencyMs'>

/** Signs in to Redis. */
export class RedisProbe implements Probe {
  readonly kind = 'redis'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readRedisInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = await see(input, asking.signal)
    return assessRedis(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }
}

async function see(input: RedisInput, signal: AbortSignal): Promise<Seen> {
  const { host, port, tls, isSecure } = input
  const connection = await openConnection({ host, port }, signal)
  const { failed } = connection
  if (!connection.opened) return { failed, failure: { code: connection.code, message: '' } }
  const { address, family } = connection
  const seen = { failed, connected: { address, family } }
  if (!isSecure) return { ...seen, ...(await talk(connection.socket, input, signal)) }
  const secured = await secureConnection({ socket: connection.socket, host, tls, signal })
  if ('failure' in secured) return { ...seen, failure: { code: secured.failure, message: '' } }
  return { ...seen, ...(await talk(secured.socket, input, signal)) }
}

async function talk(
  socket: Socket,
  input: RedisInput,
  signal: AbortSignal,
): Promise<CollectedFacts & { readonly failure?: RedisFailure }> {
  const session = await Session.over(socket, signal)
  let collected: CollectedFacts = {}
  try {
    await collectFacts(session, input, (facts) => {
      collected = facts
    })
    return collected
  } catch (thrown) {
    return { ...collected, failure: failureOf(thrown, signal) }
  } finally {
    session.close()
  }
}

function failureOf(thrown: unknown, signal: AbortSignal): RedisFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (signal.aborted) return { code: 'ABORTED', message }
  if (isRefusal(thrown)) {
    const [, code = 'ERR', rest = message] = /^([A-Z]+) (.*)$/s.exec(message) ?? []
    return { code, message: rest }
  }
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
    return { code: thrown.code, message }
  }
  if (/protocol error|reply type|RESP/i.test(message)) return { code: 'NOT_REDIS', message }
  return { code: 'ECONNRESET', message }
}
