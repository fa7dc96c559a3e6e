/**
 * Deliveries: every notification to every webhook that wants it, in the records. Queueing one twice is
 * queueing it once, since its key follows from its place in the ledger.
 */
import { z } from 'zod'
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Records } from '../../seams/records.ts'
import { Shelf, type Shelved } from '../access/shelf.ts'
import { changeRecord, type Precondition } from '../precondition.ts'
import { JSON_OBJECT } from '../schemas/contract.ts'
import { etagOf } from '../wire/etags.ts'
import type { DeliveryView } from '../wire/webhooks.ts'
import type { Notification } from './notification.ts'

/** How long what was delivered is remembered. @unit ms */
const DELIVERED_KEPT_MS = 2 * 86_400_000

/** How long what could not be delivered is kept to be looked at and sent again. @unit ms */
const DEAD_KEPT_MS = 30 * 86_400_000

/** How many records are looked at, at most, for one page of a filtered list. */
const LOOKED_AT_MAX = 20_000

const PAGE = 1_000

/** A delivery as it is kept. */
export interface Delivery {
  readonly webhook: string
  readonly notification: Notification
  readonly status: DeliveryView['status']
  readonly attempts: number
  readonly complaint?: string
  readonly createdAtMs: number
  /** Since when it is being tried; later than its creation when it was asked for again. */
  readonly sinceMs: number
  readonly nextAtMs?: number
}

/** A delivery in its place. */
export type KeptDelivery = Shelved<Delivery>

const DELIVERY = z.object({
  webhook: z.string(),
  notification: z.object({
    id: z.string(),
    type: z.string(),
    contract: z.string(),
    ramp: z.string().exactOptional(),
    atMs: z.number(),
    sentence: z.string(),
    data: JSON_OBJECT,
  }),
  status: z.enum(['pending', 'delivered', 'dead']),
  attempts: z.number(),
  complaint: z.string().exactOptional(),
  createdAtMs: z.number(),
  sinceMs: z.number(),
  nextAtMs: z.number().exactOptional(),
}) as unknown as z.ZodType<Delivery>

/** Which deliveries. */
export interface DeliveryQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly status?: DeliveryView['status'] | undefined
  readonly webhook?: string | undefined
}

/** Keeps deliveries. */
export class DeliveryQueue {
  readonly #shelf: Shelf<Delivery>
  readonly #clock: Clock

  constructor(parts: { readonly records: Records; readonly clock: Clock }) {
    this.#shelf = new Shelf(parts.records, 'deliveries', DELIVERY)
    this.#clock = parts.clock
  }

  /** Queues a notification. @returns its id; undefined when it was queued before */
  async add(
    at: { readonly position: number; readonly place: number },
    webhook: string,
    notification: Notification,
  ): Promise<string | undefined> {
    const id = deliveryId(at, webhook)
    const nowMs = this.#clock.nowMs()
    const times = { createdAtMs: nowMs, sinceMs: nowMs, nextAtMs: nowMs }
    const delivery: Delivery = { webhook, notification, status: 'pending', attempts: 0, ...times }
    try {
      await this.#shelf.put(id, delivery, { ifVersion: 0 })
      return id
    } catch (error) {
      if (isFault(error, 'record-conflict')) return undefined
      throw error
    }
  }

  get(id: string): Promise<KeptDelivery | undefined> {
    return this.#shelf.get(id)
  }

  /** Writes what became of one. @throws record-conflict when somebody else wrote meanwhile */
  async put({ key, version }: KeptDelivery, delivery: Delivery): Promise<void> {
    const { status } = delivery
    const keptMs = status === 'delivered' ? DELIVERED_KEPT_MS : DEAD_KEPT_MS
    const expiry = status === 'pending' ? {} : { expiresAtMs: this.#clock.nowMs() + keptMs }
    await this.#shelf.put(key, delivery, { ifVersion: version, ...expiry })
  }

  async remove(id: string): Promise<void> {
    await this.#shelf.remove(id)
  }

  /**
   * Lets one be tried from the beginning.
   *
   * @param only what whoever asks has seen of it; absent: whatever there is
   * @throws delivery-unknown, precondition-failed
   */
  async again(id: string, only?: Precondition): Promise<void> {
    const kept = await this.get(id)
    if (kept === undefined) throw deliveryUnknown(id)
    const deed = { operation: 'deliver it again', subject: id }
    only?.check(etagOf(kept.version), deed)
    const nowMs = this.#clock.nowMs()
    const { complaint: _, ...delivery } = kept.value
    const version = () => this.#shelf.versionOf(id)
    await changeRecord({ only, deed, version }, () =>
      this.put(kept, { ...delivery, ...FRESH, sinceMs: nowMs, nextAtMs: nowMs }),
    )
  }

  /** One, as it is shown. @throws delivery-unknown */
  async view(id: string): Promise<DeliveryView> {
    const kept = await this.get(id)
    if (kept === undefined) throw deliveryUnknown(id)
    return deliveryView(kept)
  }

  /** Every delivery that is pending. */
  async *pending(): AsyncGenerator<KeptDelivery> {
    for await (const kept of this.#all('')) if (kept.value.status === 'pending') yield kept
  }

  /** Some deliveries, newest first. */
  async page(query: DeliveryQuery): Promise<{
    readonly deliveries: readonly DeliveryView[]
    readonly next?: string
  }> {
    const { limit, cursor = '', status, webhook } = query
    const deliveries: DeliveryView[] = []
    let lookedAt = 0
    let last = cursor
    for await (const kept of this.#all(cursor)) {
      const { key, value } = kept
      if (deliveries.length === limit || lookedAt === LOOKED_AT_MAX)
        return { deliveries, next: last }
      lookedAt += 1
      last = key
      const isStatus = status === undefined || value.status === status
      const isWebhook = webhook === undefined || value.webhook === webhook
      if (isStatus && isWebhook) deliveries.push(deliveryView(kept))
    }
    return { deliveries }
  }

  async *#all(after: string): AsyncGenerator<KeptDelivery> {
    let last = after
    for (;;) {
      const page = await this.#shelf.list({ after: last, limit: PAGE })
      yield* page
      const end = page.at(-1)
      if (end === undefined) return
      last = end.key
    }
  }
}

const FRESH = { status: 'pending', attempts: 0 } as const

/** A delivery as it is shown. */
function deliveryView({ key, value, version }: KeptDelivery): DeliveryView {
  const { webhook, notification, status, attempts, complaint, createdAtMs, nextAtMs } = value
  return {
    ...{ id: key, etag: etagOf(version), webhook, event: notification.id, type: notification.type },
    ...{ status, attempts, createdAtMs },
    ...(complaint === undefined ? {} : { complaint }),
    ...(nextAtMs === undefined || status !== 'pending' ? {} : { nextAtMs }),
  }
}

/** Sorts newest first, and is the same for the same entry and webhook. */
function deliveryId(
  { position, place }: { readonly position: number; readonly place: number },
  webhook: string,
): string {
  const left = String(Number.MAX_SAFE_INTEGER - position).padStart(16, '0')
  return `${left}-${place}-${webhook}`
}

/** That there is no such delivery. */
function deliveryUnknown(id: string): Fault {
  return new Fault({
    code: 'delivery-unknown',
    operation: 'find the delivery',
    subject: id,
    hint: `There is no delivery ${id}; what was delivered is forgotten after two days.`,
  })
}
