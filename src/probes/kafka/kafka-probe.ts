/**
 * The `kafka` probe: describes a cluster, a topic and a group of consumers, and sends records that the
 * group must commit past. Every attempt is a session of its own, closed before the answer is given.
 */
import { createHash } from 'node:crypto'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessKafka, findShortcoming } from './assess-kafka.ts'
import type { Sent } from './canary.ts'
import { collectFacts } from './collect-facts.ts'
import type { CollectedFacts } from './facts.ts'
import { type KafkaInput, readKafkaInput } from './kafka-input.ts'
import { KafkaSession } from './session.ts'
import { KafkaTrouble } from './trouble.ts'

/** How many questions' canaries are remembered. */
const REMEMBERED_MAX = 1_000

/** Asks Kafka. */
export class KafkaProbe implements Probe {
  readonly kind = 'kafka'
  readonly #underWay = new Map<string, Sent>()

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readKafkaInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = await this.#see(input, asking.signal)
    return assessKafka(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }

  async #see(input: KafkaInput, signal: AbortSignal): Promise<CollectedFacts> {
    let collected: CollectedFacts = {}
    let session: KafkaSession | undefined
    const key = keyOf(input)
    try {
      session = await KafkaSession.open(input, signal)
      await collectFacts({
        session,
        input,
        signal,
        earlier: this.#underWay.get(key),
        isGood: (facts) => findShortcoming(input, facts) === undefined,
        remember: (sent) => this.#remember(key, sent),
        report: (facts) => {
          collected = facts
        },
      })
      return collected
    } catch (thrown) {
      if (!(thrown instanceof KafkaTrouble)) throw thrown
      const { failure } = thrown
      return { ...collected, failure: signal.aborted ? { ...failure, code: 'ABORTED' } : failure }
    } finally {
      session?.close()
    }
  }

  #remember(key: string, sent: Sent | undefined): void {
    if (this.#underWay.size >= REMEMBERED_MAX) this.#underWay.clear()
    if (sent === undefined) this.#underWay.delete(key)
    else this.#underWay.set(key, sent)
  }
}

/** Tells apart what is sent where: the same canary may be waited for longer, or by another version. */
function keyOf({ brokers, topic, group, canary }: KafkaInput): string {
  const { payload, headers, partitions, replyTopic } = canary ?? {}
  const question = [brokers, topic, group, payload, headers, partitions, replyTopic]
  return createHash('sha256').update(JSON.stringify(question)).digest('hex')
}
