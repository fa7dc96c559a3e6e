/** Asks an open session everything that the input wants to know; only a canary changes anything. */
import type { StreamInfo } from '@nats-io/jetstream'
import { orAborted } from '../connection/or-aborted.ts'
import { askConsumer } from './ask-consumer.ts'
import { canaryMayBeSent } from './assess-state.ts'
import type { CollectedFacts, StreamFacts } from './facts.ts'
import type { NatsInput } from './nats-input.ts'
import { sendCanary } from './send-canary.ts'
import type { Session } from './session.ts'

/** How long a request may wait: longer than any attempt, which its signal ends. @unit ms */
const NEVER_MS = 3_600_000

/** How to ask. */
export interface CollectOptions {
  readonly signal: AbortSignal
  /** Whether a worker that holds a canary, by its sequence, has held it for too long. */
  isHeldTooLong(sequence: number): boolean
  report(facts: CollectedFacts): void
}

/** Asks; `report` gets what is known after every step, so that a failure later loses nothing. */
export async function collectFacts(
  session: Session,
  input: NatsInput,
  options: CollectOptions,
): Promise<void> {
  const { signal, isHeldTooLong, report } = options
  let facts: CollectedFacts = { server: session.server }
  report(facts)
  await orAborted(session.connection.flush(), signal)
  if (!input.needsJetStream) return
  const { jetstreamManager } = await import('@nats-io/jetstream')
  const { connection } = session
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: NEVER_MS })
  if (input.stream === undefined) {
    await orAborted(manager.getAccountInfo(), signal)
    return
  }
  const stream = readStream(await orAborted(manager.streams.info(input.stream), signal))
  facts = { ...facts, stream }
  report(facts)
  if (input.consumer === undefined) return
  const { stream: streamName, consumer: consumerName } = input
  const consumer = await askConsumer(manager, { streamName, consumerName }, signal)
  facts = { ...facts, consumer }
  report(facts)
  if (input.canary === undefined || !canaryMayBeSent(input, facts)) return
  const sending = {
    connection,
    manager,
    streamName,
    consumerName,
    canary: input.canary,
    inboxPrefix: input.inboxPrefix,
    isHeldTooLong,
  }
  await sendCanary(sending, signal, (seen) => {
    facts = { ...facts, ...seen }
    report(facts)
  })
}

function readStream({ state, config, cluster }: StreamInfo): StreamFacts {
  return {
    messages: state.messages,
    lastSequence: state.last_seq,
    retention: config.retention,
    mayDelete: config.deny_delete !== true,
    ...(cluster === undefined ? {} : { leader: cluster.leader ?? '' }),
  }
}
