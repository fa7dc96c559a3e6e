/** Asks an open session everything that the input wants to know; only a canary changes anything. */
import { orAborted } from '../connection/or-aborted.ts'
import { askManagement } from './ask-management.ts'
import { canaryMayBeSent } from './assess-state.ts'
import type { CollectedFacts, QueueFacts, RabbitmqFailure } from './facts.ts'
import type { RabbitmqInput } from './rabbitmq-input.ts'
import { type OpenCanary, sendCanary } from './send-canary.ts'
import type { Session } from './session.ts'

/** How to ask. */
export interface CollectOptions {
  readonly signal: AbortSignal
  /** For how long a canary that is not answered is the only one. @unit ms */
  readonly canaryMs: number
  /** The canary of an earlier asking that was not answered. */
  readonly earlier: OpenCanary | undefined
  report(facts: CollectedFacts): void
  /** Gets the canary that is not answered now; undefined: none. */
  remember(open: OpenCanary | undefined): void
}

/** Asks; `report` gets what is known after every step. Gives why it went no further, if so. */
export async function collectFacts(
  session: Session,
  input: RabbitmqInput,
  options: CollectOptions,
): Promise<RabbitmqFailure | undefined> {
  const { signal, canaryMs, earlier, report, remember } = options
  const { model } = session
  const blocked = new Promise<void>((resolve) => {
    model.once('blocked', () => resolve())
  })
  let facts: CollectedFacts = { version: session.version }
  report(facts)
  const { queue, management, canary } = input
  if (queue !== undefined) {
    facts = { ...facts, queue: await askQueue(session, queue, signal) }
    report(facts)
  }
  if (management !== undefined) {
    const told = await askManagement(input, management, signal)
    if ('failure' in told) return told.failure
    facts = { ...facts, management: told }
    report(facts)
  }
  if (queue === undefined || canary === undefined || !canaryMayBeSent(input, facts)) return
  const sending = { model, queue, canary, canaryMs, earlier, blocked }
  await sendCanary(sending, signal, (sent) => {
    remember(sent.open)
    report({ ...facts, canary: sent.canary })
  })
  return undefined
}

async function askQueue(
  { model }: Session,
  queue: string,
  signal: AbortSignal,
): Promise<QueueFacts> {
  const channel = await orAborted(model.createChannel(), signal)
  channel.on('error', () => 'It is told to whoever waits for an answer.')
  const { messageCount, consumerCount } = await orAborted(channel.checkQueue(queue), signal)
  return { waiting: messageCount, consumers: consumerCount }
}
