/**
 * The `postgres` probe: signs in as the contract says and judges what is there. It speaks the
 * protocol to ReadyForQuery, because the port accepts connections well before the server does. It
 * reads only, unless it is told to write, and every attempt is a session of its own that is closed
 * before the answer is given.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { openConnection } from '../connection/open-connection.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessPostgres } from './assess-postgres.ts'
import { type CollectedFacts, collectFacts } from './collect-facts.ts'
import type { PostgresFacts } from './facts.ts'
import { type PostgresInput, readPostgresInput } from './postgres-input.ts'
import { Session } from './session.ts'
import { sessionFailure } from './session-failure.ts'

type Seen = Omit<PostgresFacts, 'latencyMs'>

/** Signs in to PostgreSQL. */
export class PostgresProbe implements Probe {
  readonly kind = 'postgres'
  readonly #clock: Pick<Clock, 'nowMs'>

  /** @param clock is compared with the server's */
  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readPostgresInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = await see(input, asking.signal, this.#clock)
    return assessPostgres(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }
}

async function see(
  input: PostgresInput,
  signal: AbortSignal,
  clock: Pick<Clock, 'nowMs'>,
): Promise<Seen> {
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
    await collectFacts({ session, input, signal, clock }, (facts) => {
      collected = facts
    })
    return { ...collected, failed, connected }
  } catch (thrown) {
    return { ...collected, failed, connected, failure: sessionFailure(thrown, signal) }
  } finally {
    await session.close()
  }
}
