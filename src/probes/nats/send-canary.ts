/**
 * Sends a canary: a message that the consumer must acknowledge, by which it shows that its workers work
 * and are not only connected. It is taken out of the stream again, also when the attempt is aborted,
 * unless a worker holds it and does nothing: then no other is sent for a while, so that the worker can
 * be seen to let go of this one.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { orAborted, orTooLate } from '../connection/or-aborted.ts'
import { askConsumer } from './ask-consumer.ts'
import type { CanaryFacts, CollectedFacts, ConsumerFacts } from './facts.ts'
import { SessionTrouble } from './handed-over-transport.ts'
import type { CanaryInput } from './nats-input.ts'

/** Marks a canary. */
export const CANARY_HEADER = 'Rampart-Canary'
/** Where the worker may answer to. */
export const REPLY_HEADER = 'Rampart-Reply-To'
/** What the worker calls itself in its answer. */
export const VERSION_HEADER = 'Rampart-Version'

/** How often the consumer is asked for how far it is. @unit ms */
const PAUSE_MS_MIN = 10
const PAUSE_MS_MAX = 100
/** Longer than any attempt, which its signal ends. @unit ms */
const NEVER_MS = 3_600_000
const SHOWN_MAX = 100

/** What is sent to whom. */
export interface Sending {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly streamName: string
  readonly consumerName: string
  readonly canary: CanaryInput
  readonly inboxPrefix: string
  /** Whether a worker that holds this one, by its sequence, has held it for too long. */
  isHeldTooLong(sequence: number): boolean
}

/** Gets what is known so far; the last call counts. */
export type Report = (seen: Pick<CollectedFacts, 'consumer' | 'canary'>) => void

interface Seen {
  consumer?: ConsumerFacts
  awaitsAnswer?: boolean
  /** What the worker calls itself; empty when it answered without saying. */
  version?: string
}

/** What was published and may or may not be stored. */
interface Storing {
  readonly ack: Promise<{ readonly seq: number }>
}

/** Sends one and waits for what becomes of it; `report` gets that, also when this rejects. */
export async function sendCanary(
  sending: Sending,
  signal: AbortSignal,
  report: Report,
): Promise<void> {
  if (!(await isFree(sending, signal, report))) return
  const seen: Seen = {}
  const startedMs = performance.now()
  const { ack } = await publish(sending, seen)
  let sequence: number | undefined
  try {
    sequence = (await orAborted(ack, signal)).seq
    await waitFor({ sending, seen, sequence, signal })
  } catch (thrown) {
    const isLost = sequence === undefined && isUnheard(thrown)
    throw isLost ? new SessionTrouble('WRONG_SUBJECT', 'no stream keeps it') : thrown
  } finally {
    const tookMs = since(startedMs)
    // Aborted before it was known to be stored, it may be there nevertheless.
    const stored =
      sequence ??
      (await orTooLate(
        ack.then(({ seq }) => seq),
        signal,
      ))
    if (stored !== undefined) {
      const removal = await takeBack(sending, { sequence: stored, consumer: seen.consumer, signal })
      const canary = canaryFacts(seen, { sequence: stored, tookMs, removal })
      report({ canary, ...withConsumer(seen) })
    }
  }
}

/**
 * Whether no canary of an earlier asking is under way, waiting for it to be processed. One that was
 * never delivered is taken out; one that a worker holds stays, so that no worker is given a second.
 */
async function isFree(sending: Sending, signal: AbortSignal, report: Report): Promise<boolean> {
  const { manager, streamName, canary } = sending
  const query = { last_by_subj: canary.subject }
  const last = await orAborted(manager.streams.getMessage(streamName, query), signal)
  if (last?.header.has(CANARY_HEADER) !== true) return true
  const seen: Seen = {}
  const sequence = last.seq
  let earlier: CanaryFacts
  const startedMs = performance.now()
  try {
    await waitFor({ sending, seen, sequence, signal })
  } finally {
    const removal = await takeBack(sending, { sequence, consumer: seen.consumer, signal })
    const known = { sequence, tookMs: since(startedMs), removal }
    earlier = { ...canaryFacts(seen, known), isEarlier: true }
    if (!isOver(earlier)) report({ canary: earlier, ...withConsumer(seen) })
  }
  return isOver(earlier)
}

/** Whether nothing is left of a canary that was processed. */
function isOver({ isAcknowledged, removal }: CanaryFacts): boolean {
  return isAcknowledged && (removal === 'removed' || removal === 'gone')
}

async function publish(sending: Sending, seen: Seen): Promise<Storing> {
  const { connection, manager, streamName, canary } = sending
  const { createInbox, headers } = await import('@nats-io/transport-node')
  const inbox = createInbox(sending.inboxPrefix)
  seen.awaitsAnswer = canary.version !== undefined
  connection.subscribe(inbox, {
    max: 1,
    callback: (error, message) => {
      if (error === null) seen.version = readVersion(message)
    },
  })
  const sent = headers()
  for (const [name, value] of Object.entries(canary.headers)) sent.set(name, value)
  sent.set(CANARY_HEADER, inbox)
  sent.set(REPLY_HEADER, inbox)
  const options = { headers: sent, expect: { streamName }, retries: 1, timeout: NEVER_MS }
  // Not awaited here: an abort must not make anybody forget that it may be stored.
  return { ack: manager.jetstream().publish(canary.subject, canary.payload, options) }
}

interface Waiting {
  readonly sending: Sending
  readonly seen: Seen
  readonly sequence: number
  readonly signal: AbortSignal
}

/** Whether it was acknowledged, and answered where a version is expected, in time. */
async function waitFor({ sending, seen, sequence, signal }: Waiting): Promise<boolean> {
  const { manager, canary } = sending
  const untilMs = performance.now() + canary.withinMs
  for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
    seen.consumer = await askConsumer(manager, sending, signal)
    const isAnswered = !seen.awaitsAnswer || seen.version !== undefined
    if (seen.consumer.acknowledged >= sequence && isAnswered) return true
    const leftMs = untilMs - performance.now()
    if (leftMs <= 0) return false
    await sleep(Math.min(pauseMs, leftMs), undefined, { signal })
  }
}

/** Takes it out of the stream, unless a worker holds it: then it tells when the worker works again. */
async function takeBack(
  sending: Sending,
  taken: {
    readonly sequence: number
    readonly consumer: ConsumerFacts | undefined
    readonly signal: AbortSignal
  },
): Promise<CanaryFacts['removal']> {
  const { sequence, consumer, signal } = taken
  const { delivered = 0, acknowledged = 0 } = consumer ?? {}
  const isHeld = delivered >= sequence && acknowledged < sequence
  if (isHeld && !sending.isHeldTooLong(sequence)) return 'held'
  return (await orTooLate(remove(sending, sequence), signal)) ?? 'left'
}

async function remove(sending: Sending, sequence: number): Promise<CanaryFacts['removal']> {
  const { manager, streamName } = sending
  try {
    return (await manager.streams.deleteMessage(streamName, sequence, false)) ? 'removed' : 'left'
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : ''
    return /no message found|deleted message|EOF/i.test(message) ? 'gone' : 'left'
  }
}

/** Whether nobody, and so no stream, listens to the subject; the client takes that for something else. */
function isUnheard(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'JetStreamNotEnabled'
}

function since(startedMs: number): number {
  return Math.round((performance.now() - startedMs) * 100) / 100
}

function withConsumer({ consumer }: Seen): { readonly consumer?: ConsumerFacts } {
  return consumer === undefined ? {} : { consumer }
}

function canaryFacts(
  { consumer, version }: Seen,
  known: Pick<CanaryFacts, 'sequence' | 'tookMs' | 'removal'>,
): CanaryFacts {
  return {
    ...known,
    isAcknowledged: consumer !== undefined && consumer.acknowledged >= known.sequence,
    isAnswered: version !== undefined,
    ...(version === undefined || version === '' ? {} : { version }),
    isEarlier: false,
  }
}

/** Of the header, or of a JSON body's member `version`; empty when neither says. */
function readVersion(message: Msg): string {
  const header = message.headers?.get(VERSION_HEADER) ?? ''
  if (header !== '') return header.slice(0, SHOWN_MAX)
  try {
    const body: unknown = message.json()
    const isObject = typeof body === 'object' && body !== null && 'version' in body
    return isObject && typeof body.version === 'string' ? body.version.slice(0, SHOWN_MAX) : ''
  } catch {
    // An answer that is no JSON is one that says no version.
    return ''
  }
}
