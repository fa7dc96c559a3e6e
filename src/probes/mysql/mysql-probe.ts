/**
 * The `mysql` probe: signs in to MySQL or MariaDB as the contract says and judges what is there. It
 * reads only, unless it is told to write, and every attempt is a session of its own that is closed
 * before the answer is given.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { openConnection } from '../connection/open-connection.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessMysql } from './assess-mysql.ts'
import { collectFacts } from './collect-facts.ts'
import type { CollectedFacts, MysqlFacts } from './facts.ts'
import { type MysqlInput, readMysqlInput } from './mysql-input.ts'
import { Session, type SessionOptions } from './session.ts'
import { sessionFailure } from './session-failure.ts'

type Seen = Omit<MysqlFacts, 'latencyMs'>

/** Signs in to MySQL. */
export class MysqlProbe implements Probe {
  readonly kind = 'mysql'
  readonly #clock: Pick<Clock, 'nowMs'>

  /** @param clock is compared with the server's */
  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readMysqlInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = await this.#see(input, asking.signal)
    return assessMysql(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }

  async #see(input: MysqlInput, signal: AbortSignal): Promise<Seen> {
    const connection = await openConnection(input, signal)
    const { failed } = connection
    if (!connection.opened) {
      return { tables: [], failed, failure: { code: connection.code, message: '' } }
    }
    const { socket, address, family } = connection
    const connected = { address, family }
    return {
      failed,
      connected,
      ...(await this.#talk({ place: input, address, socket, signal }, input)),
    }
  }

  async #talk(
    options: SessionOptions,
    input: MysqlInput,
  ): Promise<CollectedFacts & Pick<MysqlFacts, 'failure'>> {
    const { socket, signal } = options
    let collected: CollectedFacts = { tables: [] }
    let session: Session | undefined
    try {
      session = await Session.over(options)
      await session.open()
      await collectFacts({ session, input, signal, clock: this.#clock }, (facts) => {
        collected = facts
      })
      return collected
    } catch (thrown) {
      return { ...collected, failure: sessionFailure(thrown, signal) }
    } finally {
      await session?.close()
      socket.destroy()
    }
  }
}
