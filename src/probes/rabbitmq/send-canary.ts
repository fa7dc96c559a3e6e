/**
 * Sends a canary: a message that a worker must answer, by which it shows that it works and is not only
 * connected. The broker itself drops what nobody was given in time. A worker that holds one and does
 * nothing is given no second: its answer to the first is awaited in a queue that the broker removes.
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

/** For how long the answer to a canary that a worker holds is awaited. @unit ms */
const HELD_MS = 60_000
/** How much later than given up the broker drops it, so that one can see whether it is there. @unit ms */
const SPARE_MS = 500
const SHOWN_MAX = 100

/** A canary that a worker holds. */
export interface HeldCanary {
  readonly id: string
  readonly replyQueue: string
  /** Of `performance.now()`. @unit ms */
  readonly sentMs: number
}

/** What is sent to whom. */
export interface Sending {
  readonly model: ChannelModel
  readonly queue: string
  readonly canary: CanaryInput
  /** The canary of an earlier asking that a worker holds, perhaps still. */
  readonly held: HeldCanary | undefined
  /** Settles when the broker says that it takes nothing. */
  readonly blocked: Promise<void>
}

/** What became of it, and what is to be remembered of it. */
export interface Sent {
  readonly canary: CanaryFacts
  readonly held?: HeldCanary
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
  const { held } = sending
  const isRecent = held !== undefined && performance.now() - held.sentMs < HELD_MS
  const replyQueue = isRecent ? held.replyQueue : `rampart.answers.${randomUUID()}`
  const replies = await listen(channel, replyQueue, signal)
  let isKept = false
  const tell = (sent: Sent): void => {
    // A blocked broker does not hear of it; the queue goes when its time has come.
    isKept = sent.held !== undefined || sent.canary.fate === 'blocked'
    report(sent)
  }
  try {
    if (isRecent && !(await isLetGo(sending, held, { replies, signal, report: tell }))) return
    await send(sending, { channel, replyQueue, replies, signal, report: tell })
  } finally {
    if (!isKept) await orTooLate(removeQueue(model, channel, replyQueue), signal)
  }
}

interface Talking {
  readonly replies: Replies
  readonly signal: AbortSignal
  report(sent: Sent): void
}

/** Whether a worker has answered the canary of an earlier asking, waiting for it to do so. */
async function isLetGo(
  { canary }: Sending,
  held: HeldCanary,
  { replies, signal, report }: Talking,
): Promise<boolean> {
  const startedMs = performance.now()
  report({ canary: { fate: 'held', tookMs: 0, isEarlier: true }, held })
  const reply = await replies.of(held.id, canary.withinMs, signal).finally(() => {
    report({ canary: { fate: 'held', tookMs: since(startedMs), isEarlier: true }, held })
  })
  return reply !== undefined
}

async function send(
  sending: Sending,
  talking: Talking & { readonly channel: ConfirmChannel; readonly replyQueue: string },
): Promise<void> {
  const { channel, replyQueue, replies, signal, report } = talking
  const { canary, queue } = sending
  const id = randomUUID()
  const startedMs = performance.now()
  const tell = (fate: CanaryFate, version?: string): void => {
    const facts = { fate, tookMs: since(startedMs), isEarlier: false }
    const isHeld = fate === 'held'
    report({
      canary: { ...facts, ...(version === undefined || version === '' ? {} : { version }) },
      ...(isHeld ? { held: { id, replyQueue, sentMs: startedMs } } : {}),
    })
  }
  try {
    const fate = await orAborted(publish(sending, { channel, id, replyQueue }), signal)
    if (fate !== undefined) return tell(fate)
    const reply = await replies.of(id, canary.withinMs - since(startedMs), signal)
    if (reply !== undefined) return tell('answered', reply.version)
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
  const left = await orTooLate(channel.checkQueue(queue), signal)
  tell(left === undefined || left.messageCount > 0 ? 'undelivered' : 'held')
}

/** Publishes; undefined once it is in a queue. */
async function publish(
  { canary, blocked }: Sending,
  to: { readonly channel: ConfirmChannel; readonly id: string; readonly replyQueue: string },
): Promise<CanaryFate | undefined> {
  const { channel, id, replyQueue } = to
  let isReturned = false
  channel.once('return', () => {
    isReturned = true
  })
  const confirmed = Promise.withResolvers<CanaryFate | undefined>()
  const options = {
    mandatory: true,
    correlationId: id,
    messageId: id,
    replyTo: replyQueue,
    expiration: canary.withinMs + SPARE_MS,
    contentType: 'application/json',
    headers: { ...canary.headers, [CANARY_HEADER]: id },
  }
  const content = Buffer.from(canary.payload)
  channel.publish(canary.exchange, canary.routingKey, content, options, (refusal: unknown) => {
    if (isReturned) confirmed.resolve('unroutable')
    else confirmed.resolve(refusal === null ? undefined : 'refused')
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
  const options = { durable: true, expires: HELD_MS }
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
