/**
 * One webhook's deliveries: a few at a time, by themselves, so that a receiver that is slow or gone
 * holds up nobody else. While it refuses, it is left alone longer and longer. What became of each is
 * written down before the next step; whatever is not is tried again.
 */
import { isFault } from '../../core/fault/fault.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Courier, Receipt } from '../../seams/courier.ts'
import type { Random } from '../../seams/random.ts'
import { type BackOff, pauseMs } from './back-off.ts'
import type { DeliveryQueue, KeptDelivery } from './delivery-queue.ts'
import { cloudEventMessage, slackMessage } from './message.ts'
import type { WebhookKeys } from './webhook-keys.ts'
import type { WebhookStore } from './webhook-store.ts'

/** How many messages are under way to one receiver at a time. */
const AT_ONCE = 4

/** The longest that a receiver that refuses is left alone by all its messages. @unit ms */
const REST_MAX_MS = 60_000

/** The pause after the records could not be read or written. @unit ms */
const STORE_PAUSE_MS = 2_000

/** What lanes need. */
export interface LaneParts {
  readonly clock: Clock
  readonly random: Random
  readonly courier: Courier
  readonly queue: DeliveryQueue
  readonly webhooks: WebhookStore
  readonly keys: WebhookKeys
  readonly backOff: BackOff
  readonly publicUrl?: string
  onTrouble(error: unknown): void
}

/** The way to one webhook. */
export class Lane {
  readonly #parts: LaneParts
  readonly #webhook: string
  /** Due now, oldest first. */
  readonly #due: string[] = []
  /** Everything in the lane: due, waiting or under way. */
  readonly #known = new Map<string, Timer | undefined>()
  readonly #underWay = new Set<Promise<void>>()
  #refusals = 0
  #restUntilMs = 0
  #rest: Timer | undefined
  #isClosed = false

  constructor(webhook: string, parts: LaneParts) {
    this.#webhook = webhook
    this.#parts = parts
  }

  /** Delivers something, not before a time. What is in the lane already is there once. */
  add(id: string, notBeforeMs: number): void {
    if (this.#isClosed || this.#known.has(id)) return
    this.#wait(id, notBeforeMs)
  }

  /** Delivers something now, whatever it waited for. */
  hurry(id: string): void {
    const timer = this.#known.get(id)
    timer?.cancel()
    this.#known.delete(id)
    this.#restUntilMs = 0
    this.add(id, 0)
  }

  /** Begins nothing more. What is under way is waited for; it ends in bounded time. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#rest?.cancel()
    for (const timer of this.#known.values()) timer?.cancel()
    await Promise.all(this.#underWay)
  }

  #wait(id: string, notBeforeMs: number): void {
    const { clock } = this.#parts
    if (notBeforeMs <= clock.nowMs()) {
      this.#known.set(id, undefined)
      this.#due.push(id)
      this.#pump()
      return
    }
    const timer = clock.wakeAt(notBeforeMs, () => {
      this.#known.set(id, undefined)
      this.#due.push(id)
      this.#pump()
    })
    this.#known.set(id, timer)
  }

  #pump(): void {
    const { clock } = this.#parts
    while (!this.#isClosed && this.#due.length > 0 && this.#underWay.size < this.#most()) {
      if (clock.nowMs() < this.#restUntilMs) {
        this.#rest ??= clock.wakeAt(this.#restUntilMs, () => {
          this.#rest = undefined
          this.#pump()
        })
        return
      }
      const id = this.#due.shift()
      if (id === undefined) return
      const going = this.#go(id).finally(() => {
        this.#underWay.delete(going)
        this.#pump()
      })
      this.#underWay.add(going)
    }
  }

  /** Whoever has refused is tried with one message before it is sent more. */
  #most(): number {
    return this.#refusals > 0 ? 1 : AT_ONCE
  }

  async #go(id: string): Promise<void> {
    try {
      const againAtMs = await this.#deliver(id)
      if (againAtMs === undefined) this.#known.delete(id)
      else this.#wait(id, againAtMs)
    } catch (error) {
      if (isFault(error, 'record-conflict')) {
        // Somebody else writes it now: another replica, or whoever asked for it again.
        this.#known.delete(id)
        return
      }
      this.#parts.onTrouble(error)
      if (!this.#isClosed) this.#wait(id, this.#parts.clock.nowMs() + STORE_PAUSE_MS)
    }
  }

  /** Tries once. @returns when it is to be tried again; undefined: never */
  async #deliver(id: string): Promise<number | undefined> {
    const { queue, webhooks } = this.#parts
    const kept = await queue.get(id)
    if (kept === undefined || kept.value.status !== 'pending') return undefined
    const webhook = await webhooks.get(this.#webhook)
    if (webhook === undefined) {
      await queue.remove(id)
      return undefined
    }
    const receipt = await this.#send(kept, webhook)
    // Broken off because this replica leaves, which is not the receiver's fault.
    if (this.#isClosed && receipt.verdict === 'refused') return undefined
    return await this.#write(kept, receipt)
  }

  async #send(
    { value: { notification } }: KeptDelivery,
    webhook: Parameters<WebhookStore['addressOf']>[0],
  ): Promise<Receipt> {
    const { webhooks, keys, courier, clock, publicUrl } = this.#parts
    const url = webhooks.addressOf(webhook)
    if (url === undefined) {
      const sentence = 'Its address was sealed with another master key; make the webhook anew.'
      return { verdict: 'refused', sentence, isFinal: true }
    }
    const options = { nowMs: clock.nowMs(), ...(publicUrl === undefined ? {} : { publicUrl }) }
    const message =
      webhook.format === 'slack'
        ? slackMessage(notification, options)
        : cloudEventMessage(notification, keys.secretOf(webhook.id), options)
    return await courier.deliver({ url, ...message })
  }

  async #write(kept: KeptDelivery, receipt: Receipt): Promise<number | undefined> {
    const { clock, queue, random, backOff } = this.#parts
    const nowMs = clock.nowMs()
    const { complaint: _, nextAtMs: __, ...delivery } = kept.value
    const attempts = delivery.attempts + 1
    if (receipt.verdict === 'accepted') {
      this.#refusals = 0
      await queue.put(kept, { ...delivery, status: 'delivered', attempts })
      return undefined
    }
    this.#leaveAlone(receipt, nowMs)
    const { sentence: complaint, isFinal, waitMs = 0 } = receipt
    const isDead = isFinal || nowMs - delivery.sinceMs >= backOff.giveUpMs
    if (isDead) {
      await queue.put(kept, { ...delivery, status: 'dead', attempts, complaint })
      return undefined
    }
    const nextAtMs = nowMs + Math.max(pauseMs(backOff, attempts, random), waitMs)
    await queue.put(kept, { ...delivery, attempts, complaint, nextAtMs })
    return nextAtMs
  }

  #leaveAlone({ waitMs = 0 }: Extract<Receipt, { verdict: 'refused' }>, nowMs: number): void {
    const { backOff, random } = this.#parts
    this.#refusals += 1
    const restMs = Math.min(pauseMs(backOff, this.#refusals, random), REST_MAX_MS)
    this.#restUntilMs = nowMs + Math.max(restMs, waitMs)
  }
}
