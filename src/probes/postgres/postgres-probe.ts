/**
 * The `postgres` probe: signs in as the contract says and judges what is there. It speaks the
 * protocol to ReadyForQuery, because the port accepts connections well before the server does. It
 * reads only, and every attempt is a session of its own that is closed before the answer is given.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { openConnection } from '../connection/open-connection.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessPostgres } from './assess-postgres.ts'
import { type CollectedFacts, collectFacts } from './collect-facts.ts'
import type { PostgresFacts, PostgresFailure } from './facts.ts'
import { type PostgresInput, readPostgresInput } from './postgres-input.ts'
import { Session } from './session.ts'

type Seen = Omit<PostgresFacts, 'latencyMs'>

/** Signs in to PostgreSQL. */
export class PostgresProbe implements Probe {
  readonly kind = 'postgres'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readPostgresInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = await see(input, asking.signal)
    return assessPostgres(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }
}

async function see(input: PostgresInput, signal: AbortSignal): Promise<Seen> {
  const { url, host, port } = input
  const connection = await openConnection({ host, port }, signal)
  const { failed } = connection
  let collected: CollectedFacts = { tables: [], indexes: [] }
  if (!connection.opened) {
    return { ...collected, failed, failure: { code: connection.code, message: '' } }
  }
  const { socket, address, family } = connection
  const connected = { address, family }
  const session = new Session({ url, host: address, port, socket, signal })
  try {
    await session.open()
    await collectFacts(session, input, (facts) => {
      collected = facts
    })
    return { ...collected, failed, connected }
  } catch (thrown) {
    return { ...collected, failed, connected, failure: failureOf(thrown, signal) }
  } finally {
    await session.close()
  }
}

function failureOf(thrown: unknown, signal: AbortSignal): PostgresFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (signal.aborted) return { code: 'ABORTED', message }
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
    return { code: thrown.code, message }
  }
  // The driver has no codes for these two.
  if (/password must be/.test(message)) return { code: 'NO_PASSWORD', message }
  if (/does not support SSL/.test(message)) return { code: 'EPROTO', message }
  if (/terminated/i.test(message)) return { code: 'ECONNRESET', message }
  return { code: 'UNKNOWN', message }
}
