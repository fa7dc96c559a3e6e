/**
 * The `rabbitmq` probe: signs in to a vhost as the contract says and judges what is there, down to a
 * canary that a worker must answer. A consumer that is connected proves nothing: only what it does with
 * a message does. Every attempt is a session of its own that is closed before the answer is given.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { askRefusal } from './ask-refusal.ts'
import { assessRabbitmq } from './assess-rabbitmq.ts'
import { type CollectOptions, collectFacts } from './collect-facts.ts'
import type { CollectedFacts, RabbitmqFacts, RabbitmqFailure } from './facts.ts'
import { type RabbitmqInput, readRabbitmqInput } from './rabbitmq-input.ts'
import type { OpenCanary } from './send-canary.ts'
import { failedAddress, openSession, SessionTrouble } from './session.ts'

type Seen = Omit<RabbitmqFacts, 'latencyMs'>

/** For how long a canary that is not answered is the only one. @unit ms */
const CANARY_MS = 30_000

/** What the probe is made with. */
export interface RabbitmqProbeOptions {
  /** How long a canary that nobody answers stays in the queue. @unit ms @default 30000 */
  readonly canaryMs?: number
}

/** Signs in to RabbitMQ. */
export class RabbitmqProbe implements Probe {
  readonly kind = 'rabbitmq'
  /** By queue: the canary that was not answered. */
  readonly #open = new Map<string, OpenCanary>()
  readonly #canaryMs: number

  constructor(options: RabbitmqProbeOptions = {}) {
    this.#canaryMs = options.canaryMs ?? CANARY_MS
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readRabbitmqInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const name = `${input.shown} ${input.queue}`
    const seen = await see(input, asking.signal, {
      canaryMs: this.#canaryMs,
      earlier: this.#open.get(name),
      remember: (open) => {
        if (open === undefined) this.#open.delete(name)
        else this.#open.set(name, open)
      },
    })
    return assessRabbitmq(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }
}

type Memory = Pick<CollectOptions, 'canaryMs' | 'earlier' | 'remember'>

async function see(input: RabbitmqInput, signal: AbortSignal, memory: Memory): Promise<Seen> {
  let collected: CollectedFacts = {}
  try {
    const session = await openSession(input, signal)
    const report = (facts: CollectedFacts): void => {
      collected = facts
    }
    const failure = await collectFacts(session, input, { signal, report, ...memory }).finally(() =>
      session.close(),
    )
    return { failed: [], ...collected, ...(failure === undefined ? {} : { failure }) }
  } catch (thrown) {
    const failure = failureOf(thrown, signal)
    const isUnexplained = failure.message.startsWith('Expected ConnectionOpenOk')
    const refusal = isUnexplained ? await askRefusal(input, signal) : undefined
    return {
      failed: failedOf(thrown),
      ...collected,
      failure:
        refusal === undefined ? failure : { code: String(refusal.code), message: refusal.sentence },
    }
  }
}

function failedOf(thrown: unknown): Seen['failed'] {
  if (thrown instanceof SessionTrouble) return thrown.failed
  const failed = failedAddress(thrown)
  return failed === undefined ? [] : [failed]
}

function failureOf(thrown: unknown, signal: AbortSignal): RabbitmqFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (signal.aborted) return { code: 'ABORTED', message }
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (typeof code === 'string') return { code, message }
  const [, reply] = /\b(\d{3}) \([A-Z-]+\)/.exec(message) ?? []
  if (reply !== undefined) return { code: reply, message }
  if (/closed abruptly|Unexpected close/.test(message)) return { code: 'ECONNRESET', message }
  return { code: 'UNKNOWN', message }
}
