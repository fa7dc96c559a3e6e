/**
 * The `nats` probe: signs in to a NATS server as the contract says and judges what is there, down to a
 * canary that a consumer must acknowledge. A worker whose connection is open proves nothing: only what
 * it does with a message does. Every attempt is a session of its own that is closed before the answer
 * is given.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessNats } from './assess-nats.ts'
import { type CollectOptions, collectFacts } from './collect-facts.ts'
import type { CollectedFacts, NatsFacts, NatsFailure } from './facts.ts'
import { type NatsInput, readNatsInput } from './nats-input.ts'
import { openSession, type Reached } from './session.ts'

type Seen = Omit<NatsFacts, 'latencyMs'>

/** For how long a canary that a worker holds is the only one. @unit ms */
const HELD_MS = 10_000

/** What the probe is made with. */
export interface NatsProbeOptions {
  /** How long a canary that a worker holds stays in the stream. @unit ms @default 10000 */
  readonly heldMs?: number
}

interface HeldCanary {
  readonly sequence: number
  /** Of `performance.now()`. @unit ms */
  readonly sinceMs: number
}

/** Signs in to NATS. */
export class NatsProbe implements Probe {
  readonly kind = 'nats'
  /** By consumer: the canary that a worker holds, and since when it was seen to. */
  readonly #held = new Map<string, HeldCanary>()
  readonly #heldMs: number

  constructor(options: NatsProbeOptions = {}) {
    this.#heldMs = options.heldMs ?? HELD_MS
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readNatsInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const consumer = `${input.shown} ${input.stream} ${input.consumer}`
    const seen = await see(input, asking.signal, (sequence) => {
      const held = this.#held.get(consumer)
      const isKnown = held?.sequence === sequence
      if (!isKnown) this.#held.set(consumer, { sequence, sinceMs: performance.now() })
      return isKnown && performance.now() - held.sinceMs > this.#heldMs
    })
    return assessNats(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }
}

async function see(
  input: NatsInput,
  signal: AbortSignal,
  isHeldTooLong: CollectOptions['isHeldTooLong'],
): Promise<Seen> {
  let reached: Reached = { failed: [] }
  let collected: CollectedFacts = {}
  try {
    const session = await openSession(input, signal, (seen) => {
      reached = seen
    })
    if (session === undefined) return reached
    try {
      const report = (facts: CollectedFacts): void => {
        collected = facts
      }
      await collectFacts(session, input, { signal, isHeldTooLong, report })
    } finally {
      session.close()
    }
    return { ...reached, ...collected }
  } catch (thrown) {
    return { ...reached, ...collected, failure: failureOf(thrown, signal) }
  }
}

function failureOf(thrown: unknown, signal: AbortSignal): NatsFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (signal.aborted) return { code: 'ABORTED', message }
  if (!(thrown instanceof Error)) return { code: 'UNKNOWN', message }
  const code: unknown = 'code' in thrown ? thrown.code : undefined
  if (typeof code === 'string') return { code, message }
  if (typeof code === 'number') return { code: String(code), message }
  return { code: thrown.name, message }
}
