/**
 * From the ledger to the queue. How far it has come is kept in the records, written after what was
 * queued: a crash in between queues the same once more under the same ids, which changes nothing, and
 * so nothing is ever lost. It reads the ledger only while there is somebody to tell.
 */
import { z } from 'zod'
import { isOfContract } from '../../core/entry/contract-entry.ts'
import type { Ledger, Recorded } from '../../seams/ledger.ts'
import type { Records } from '../../seams/records.ts'
import { Shelf } from '../access/shelf.ts'
import type { DeliveryQueue } from './delivery-queue.ts'
import { mayBeTold, notificationsOf, type RampOpened } from './notification.ts'
import { isFor, type Webhook, type WebhookStore } from './webhook-store.ts'

/** How many ramps are remembered, so that their beginning is not read for each entry. */
const RAMPS_MAX = 200

/** How many entries are passed over, at most, before the place is written down. */
const WRITE_EVERY = 2_000

const KEY = 'ledger'

/** How far it has come. */
interface Place {
  readonly position: number
  /** The webhooks that were told up to there; others begin where they were made. */
  readonly webhooks: readonly string[]
}

const PLACE: z.ZodType<Place> = z.object({
  position: z.number(),
  webhooks: z.array(z.string()),
})

/** What it needs. */
export interface TellingParts {
  readonly ledger: Ledger
  readonly records: Records
  readonly webhooks: WebhookStore
  readonly queue: DeliveryQueue
  /** Told of every delivery as soon as it is queued. */
  onQueued(id: string, webhook: string): void
}

/** Queues what there is to tell. One at a time calls it. */
export class Telling {
  readonly #parts: TellingParts
  readonly #shelf: Shelf<Place>
  readonly #ramps = new Map<string, RampOpened>()
  #place: Place | undefined
  #version = 0
  #written = 0

  constructor(parts: TellingParts) {
    this.#parts = parts
    this.#shelf = new Shelf(parts.records, 'notification-places', PLACE)
  }

  /** Forgets what it knows of the place: another replica may have gone on meanwhile. */
  forget(): void {
    this.#place = undefined
  }

  /**
   * Queues everything that was recorded since.
   *
   * @returns whether there is anybody to tell
   * @throws record-conflict when another replica does the same; this one is to leave it to that
   */
  async goOn(signal: AbortSignal): Promise<boolean> {
    const webhooks = await this.#parts.webhooks.list()
    if (webhooks.length === 0) return false
    let place = await this.#begin(webhooks)
    let hasQueued = false
    for await (const recorded of this.#parts.ledger.readAll(place.position)) {
      if (signal.aborted) break
      if (mayBeTold(recorded.entry) && (await this.#queue(recorded, webhooks))) hasQueued = true
      place = { ...place, position: recorded.position }
      this.#place = place
      if (place.position - this.#written >= WRITE_EVERY) await this.#write()
    }
    // What was passed over may be passed over once more; what was queued should not be looked at again.
    if (hasQueued) await this.#write()
    return true
  }

  /** Writes down how far it has come. */
  async flush(): Promise<void> {
    if (this.#place !== undefined && this.#place.position > this.#written) await this.#write()
  }

  /** Where to go on: further back for webhooks that came since. */
  async #begin(webhooks: readonly Webhook[]): Promise<Place> {
    const kept = this.#place === undefined ? await this.#shelf.get(KEY) : undefined
    if (this.#place === undefined) this.#version = kept?.version ?? 0
    const known = this.#place ?? kept?.value
    const ids = webhooks.map(({ id }) => id)
    const fresh = webhooks.filter(({ id }) => known?.webhooks.includes(id) !== true)
    const isSame = known !== undefined && fresh.length === 0 && known.webhooks.length === ids.length
    if (known !== undefined && isSame) {
      this.#place = known
      this.#written = kept === undefined ? this.#written : known.position
      return known
    }
    // Nobody was told for as long as there was no webhook, so the place may be long ago.
    const isAnybodyKnown = known?.webhooks.some((id) => ids.includes(id)) === true
    const starts = [
      ...(known !== undefined && isAnybodyKnown ? [known.position] : []),
      ...fresh.map(({ since }) => since),
    ]
    const place = { position: Math.min(...starts), webhooks: ids }
    this.#place = place
    await this.#write()
    return place
  }

  async #queue(recorded: Recorded, webhooks: readonly Webhook[]): Promise<boolean> {
    const { position } = recorded
    const notifications = notificationsOf(recorded, await this.#opened(recorded))
    let hasQueued = false
    for (const [place, notification] of notifications.entries()) {
      for (const webhook of webhooks) {
        if (position <= webhook.since || !isFor(webhook, notification)) continue
        const at = { position, place }
        const id = await this.#parts.queue.add(at, webhook.id, notification)
        hasQueued = true
        if (id !== undefined) this.#parts.onQueued(id, webhook.id)
      }
    }
    return hasQueued
  }

  async #opened({ stream, entry }: Recorded): Promise<RampOpened | undefined> {
    if (isOfContract(entry)) return undefined
    const known = entry.type === 'ramp.opened' ? entry : this.#ramps.get(stream)
    const opened = known ?? (await this.#readOpened(stream))
    if (opened === undefined) return undefined
    this.#ramps.delete(stream)
    this.#ramps.set(stream, { ramp: opened.ramp, plan: opened.plan, by: opened.by })
    const [oldest] = this.#ramps.keys()
    if (this.#ramps.size > RAMPS_MAX && oldest !== undefined) this.#ramps.delete(oldest)
    if (entry.type === 'ramp.ended') this.#ramps.delete(stream)
    return opened
  }

  async #readOpened(stream: string): Promise<RampOpened | undefined> {
    for await (const { entry } of this.#parts.ledger.read(stream)) {
      return entry.type === 'ramp.opened' ? entry : undefined
    }
    return undefined
  }

  async #write(): Promise<void> {
    const place = this.#place
    if (place === undefined) return
    await this.#shelf.put(KEY, place, { ifVersion: this.#version })
    this.#version += 1
    this.#written = place.position
  }
}
