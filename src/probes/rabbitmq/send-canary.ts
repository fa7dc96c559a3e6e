/**
 * Sends a canary: a message that a worker must answer, by which it shows that it works and is not only
 * connected. While one is not answered no other is sent: its answer is awaited by the next attempts, in a
 * queue that the broker removes when nobody asks any more. Should the worker that holds it die, the
 * broker gives it to another; and what is too old the broker itself drops.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib'
import { orAborted, orTooLate } from '../connection/or-aborted.ts'
import type { CanaryFacts, CanaryFate } from './facts.ts'
import type { CanaryInput } from './rabbitmq-input.ts'

/** What the worker calls itself in its answer. */
export const VERSION_HEADER = 'rampart-version'
/** Marks a canary. */
export const CANARY_HEADER = 'rampart-canary'

/** How long nobody may have asked before the broker removes the queue for answers. @unit ms */
const REPLY_QUEUE_MS = 60_000
/** How much longer than one attempt waits for it a canary lives at least. @unit ms */
const SPARE_MS = 500
const SHOWN_MAX = 100

/** A canary that was not answered. */
export interface OpenCanary {
  readonly id: string
  readonly replyQueue: string
  /** When the broker drops it, by `performance.now()`. @unit ms */
  readonly untilMs: number
}

/** What is sent to whom. */
export interface Sending {
  readonly model: ChannelModel
  readonly queue: string
  readonly canary: CanaryInput
  /** For how long one that is not answered is the only one. @unit ms */
  readonly canaryMs: number
  /** The canary of an earlier asking that was not answered. */
  readonly earlier: OpenCanary | undefined
  /** Settles when the broker says that it takes nothing. */
  readonly blocked: Promise<void>
}

/** What became of it, and what is to be remembered of it. */
export interface Sent {
  readonly canary: CanaryFacts
  readonly open?: OpenCanary
}

/** Sends one and waits for what becomes of it; `report` gets that, also when this rejects. */
export async function sendCanary(
  sending: Sending,
  signal: AbortSignal,
  report: (sent: Sent) => void,
): Promise<void> {
  const { model } = sending
  const channel = await orAborted(model.createConfirmChannel(), signal)
  channel.on('error', () => 'It is told to whoever waits for an answer.')
  const { earlier } = sending
  const isOpen = earlier !== undefined && performance.now() < earlier.untilMs
  const replyQueue = isOpen ? earlier.replyQueue : `rampart.answers.${randomUUID()}`
  const replies = await listen(channel, replyQueue, signal)
  let isKept = false
  const tell = (sent: Sent): void => {
    // A blocked broker does not hear of it; the queue goes when its time has come.
    isKept = sent.open !== undefined || sent.canary.fate === 'blocked'
    report(sent)
  }
  const talking = { channel, replies, signal, report: tell }
  try {
    if (isOpen && !(await isAnswered(sending, earlier, talking))) return
    await send(sending, { ...talking, replyQueue })
  } finally {
    if (!isKept) await orTooLate(removeQueue(model, channel, replyQueue), signal)
  }
}

interface Talking {
  readonly channel: ConfirmChannel
  readonly replies: Replies
  readonly signal: AbortSignal
  report(sent: Sent): void
}

/** Whether a worker has answered the canary of an earlier asking, waiting for it to do so. */
async function isAnswered(
  sending: Sending,
  earlier: OpenCanary,
  talking: Talking,
): Promise<boolean> {
  const { replies, signal, report } = talking
  const startedMs = performance.now()
  const reply = await orUndefined(replies.of(earlier.id, sending.canary.withinMs, signal), signal)
  if (reply !== undefined) return true
  const fate = await whereabouts(sending, talking)
  const tookMs = since(startedMs)
  report({ canary: { fate, tookMs, isEarlier: true }, open: earlier })
  return false
}

async function send(
  sending: Sending,
  talking: Talking & { readonly replyQueue: string },
): Promise<void> {
  const { channel, replyQueue, replies, signal, report } = talking
  const { canary, canaryMs } = sending
  const id = randomUUID()
  const startedMs = performance.now()
  const livesMs = Math.max(canaryMs, canary.withinMs + SPARE_MS)
  const tell = (fate: CanaryFate, more: Partial<CanaryFacts> = {}, open?: OpenCanary): void => {
    const facts = { fate, tookMs: since(startedMs), isEarlier: false, ...more }
    report({ canary: facts, ...(open === undefined ? {} : { open }) })
  }
  const publishing = publish(sending, { channel, id, replyQueue, livesMs })
  const fate = await orUndefined(orAborted(publishing, signal), signal)
  if (fate === undefined) return tell('undelivered')
  if (fate !== 'stored') return tell(fate)
  const leftMs = canary.withinMs - since(startedMs)
  const reply = await orUndefined(replies.of(id, leftMs, signal), signal)
  if (reply === undefined) {
    const open = { id, replyQueue, untilMs: startedMs + livesMs }
    return tell(await whereabouts(sending, talking), {}, open)
  }
  tell('answered', reply.version === '' ? {} : { version: reply.version })
}

/** Where a canary is that nobody has answered: it waits, or a worker was given it. */
async function whereabouts(
  { queue }: Sending,
  { channel, signal }: Talking,
): Promise<'undelivered' | 'held'> {
  const found = await orTooLate(channel.checkQueue(queue), signal)
  return found?.messageCount === 0 ? 'held' : 'undelivered'
}

/** What a promise gives; undefined when the attempt was aborted, of which others tell. */
async function orUndefined<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  try {
    return await promise
  } catch (thrown) {
    if (signal.aborted) return undefined
    throw thrown
  }
}

/** Publishes; `stored` once it is in a queue. */
async function publish(
  { canary, blocked }: Sending,
  to: {
    readonly channel: ConfirmChannel
    readonly id: string
    readonly replyQueue: string
    readonly livesMs: number
  },
): Promise<CanaryFate | 'stored'> {
  const { channel, id, replyQueue, livesMs } = to
  let isReturned = false
  channel.once('return', () => {
    isReturned = true
  })
  const confirmed = Promise.withResolvers<CanaryFate | 'stored'>()
  const options = {
    mandatory: true,
    correlationId: id,
    messageId: id,
    replyTo: replyQueue,
    expiration: livesMs,
    contentType: 'application/json',
    headers: { ...canary.headers, [CANARY_HEADER]: id },
  }
  const content = Buffer.from(canary.payload)
  channel.publish(canary.exchange, canary.routingKey, content, options, (refusal: unknown) => {
    if (isReturned) confirmed.resolve('unroutable')
    else confirmed.resolve(refusal === null ? 'stored' : 'refused')
  })
  const closed = new Promise<never>((_resolve, reject) => {
    channel.once('error', reject)
  })
  return await Promise.race([confirmed.promise, blocked.then(() => 'blocked' as const), closed])
}

/** What a worker answered. */
interface Reply {
  /** Empty: it did not say. */
  readonly version: string
}

/** Answers, by the canary that they are to. */
interface Replies {
  of(id: string, withinMs: number, signal: AbortSignal): Promise<Reply | undefined>
}

async function listen(channel: Channel, queue: string, signal: AbortSignal): Promise<Replies> {
  const heard = new Map<string, PromiseWithResolvers<Reply>>()
  const at = (id: string): PromiseWithResolvers<Reply> => {
    const known = heard.get(id) ?? Promise.withResolvers<Reply>()
    heard.set(id, known)
    return known
  }
  const options = { durable: true, expires: REPLY_QUEUE_MS }
  await orAborted(channel.assertQueue(queue, options), signal)
  const hear = (message: ConsumeMessage | null): void => {
    const id: unknown = message?.properties.correlationId
    if (message !== null && typeof id === 'string') {
      at(id).resolve({ version: readVersion(message) })
    }
  }
  await orAborted(channel.consume(queue, hear, { noAck: true }), signal)
  return {
    of: async (id, withinMs, asking) => {
      const timing = new AbortController()
      const options = { signal: timing.signal }
      const late = sleep(Math.max(0, withinMs), undefined, options).catch(() => undefined)
      try {
        return await orAborted(Promise.race([at(id).promise, late]), asking)
      } finally {
        timing.abort()
      }
    },
  }
}

/** Of the header, or of a JSON body's member `version`; empty when neither says. */
function readVersion({ properties, content }: ConsumeMessage): string {
  const header: unknown = properties.headers?.[VERSION_HEADER]
  if (typeof header === 'string') return header.slice(0, SHOWN_MAX)
  try {
    const body: unknown = JSON.parse(content.toString('utf8'))
    const isObject = typeof body === 'object' && body !== null && 'version' in body
    return isObject && typeof body.version === 'string' ? body.version.slice(0, SHOWN_MAX) : ''
  } catch {
    // An answer that is no JSON is one that says no version.
    return ''
  }
}

/** On a channel of its own, should the broker have closed the other. */
async function removeQueue(model: ChannelModel, channel: Channel, queue: string): Promise<void> {
  try {
    await channel.deleteQueue(queue)
  } catch {
    const another = await model.createChannel()
    another.on('error', () => 'Then the broker removes the queue when its time has come.')
    await another.deleteQueue(queue)
  }
}

function since(startedMs: number): number {
  return Math.round((performance.now() - startedMs) * 100) / 100
}
