/**
 * Telling people and programs of what happens: one replica at a time reads the ledger, queues what there
 * is to tell and sends it. The engine never waits for it, and knows nothing of it.
 */
import { isFault } from '../../core/fault/fault.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Courier } from '../../seams/courier.ts'
import type { Leases } from '../../seams/leases.ts'
import type { Ledger } from '../../seams/ledger.ts'
import type { Random } from '../../seams/random.ts'
import type { Records } from '../../seams/records.ts'
import type { AccessAudit } from '../access/audit.ts'
import type { Precondition } from '../precondition.ts'
import { type BackOff, USUAL_BACK_OFF } from './back-off.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { Lane, type LaneParts } from './lane.ts'
import { Redeliveries } from './redeliveries.ts'
import { Telling } from './telling.ts'
import { WebhookKeys } from './webhook-keys.ts'
import { WebhookStore } from './webhook-store.ts'

/** What only one replica at a time may do. */
export const SUBJECT = 'notifications'

/** The shortest time between two looks at the ledger. @unit ms */
const PAUSE_MS = 50

/** How often to look although nobody said that there is something. @unit ms */
const SAFETY_MS = 2_000

/** What it is put together from. */
export interface NotificationParts {
  readonly ledger: Ledger
  readonly records: Records
  readonly clock: Clock
  readonly random: Random
  readonly audit: AccessAudit
  readonly courier: Courier
  /** 32 bytes, the same for every replica; asked for once there is a webhook. @throws master-key-unusable */
  masterKey(): Uint8Array
  /** Absent: nobody else serves this ledger. */
  readonly leases?: Leases
  /** How people reach the server. */
  readonly publicUrl?: string
  readonly backOff?: Partial<BackOff>
  onTrouble(error: unknown): void
}

/** Tells them. */
export class Notifications {
  readonly webhooks: WebhookStore
  readonly queue: DeliveryQueue
  readonly keys: WebhookKeys
  readonly courier: Courier
  readonly #parts: NotificationParts
  readonly #telling: Telling
  readonly #redeliveries: Redeliveries
  readonly #lanes = new Map<string, Lane>()
  readonly #closing = new AbortController()
  #stopListening: (() => void) | undefined
  #timer: Timer | undefined
  #isLeading = false
  #going: Promise<void> | undefined
  #isWanted = false
  /** Nobody is to be told, and nobody else could have made a webhook: there is nothing to look at. */
  #isAlone = false
  #takenAtMs = 0
  #askedAtMs = 0

  constructor(parts: NotificationParts) {
    this.#parts = parts
    this.courier = parts.courier
    this.keys = new WebhookKeys(() => parts.masterKey())
    this.webhooks = new WebhookStore({ ...parts, keys: this.keys })
    this.queue = new DeliveryQueue(parts)
    this.#redeliveries = new Redeliveries(parts.records)
    this.#telling = new Telling({
      ...{ ledger: parts.ledger, records: parts.records },
      ...{ webhooks: this.webhooks, queue: this.queue },
      onQueued: (id, webhook) => this.#lane(webhook).add(id, 0),
    })
  }

  /** Begins to tell. */
  start(): void {
    this.#stopListening = this.#parts.ledger.onAppended(() => {
      if (!this.#isAlone) this.look()
    })
    this.look()
  }

  /** Looks soon whether there is something to tell, or somebody else to tell it. Returns at once. */
  look(): void {
    this.#isAlone = false
    this.#isWanted = true
    if (this.#closing.signal.aborted || this.#going !== undefined) return
    this.#wakeIn(PAUSE_MS)
  }

  /** Sends one again, from the beginning. @throws delivery-unknown, precondition-failed */
  async redeliver(id: string, only?: Precondition): Promise<void> {
    await this.queue.again(id, only)
    await this.#redeliveries.ask(id)
    this.look()
  }

  /** Stops; what is queued is sent by whoever goes on. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#stopListening?.()
    this.#timer?.cancel()
    const closing = [...this.#lanes.values()].map((lane) => lane.close())
    await this.courier.close()
    await this.#going
    await Promise.all(closing)
    if (!this.#isLeading) return
    this.#isLeading = false
    await this.#telling.flush().catch((error) => this.#ignoreConflict(error))
    // Nobody is to wait until it expires; if it is not given back, they do just that.
    await this.#parts.leases?.end().catch((error) => this.#parts.onTrouble(error))
  }

  /** Whoever leads meanwhile knows better. */
  #ignoreConflict(error: unknown): void {
    if (!isFault(error, 'record-conflict')) this.#parts.onTrouble(error)
  }

  #wakeIn(ms: number): void {
    const { clock } = this.#parts
    this.#timer?.cancel()
    this.#timer = clock.wakeAt(clock.nowMs() + ms, () => {
      this.#isWanted = false
      this.#going = this.#go().finally(() => {
        this.#going = undefined
        if (this.#closing.signal.aborted || (this.#isAlone && !this.#isWanted)) return
        this.#wakeIn(this.#isWanted ? PAUSE_MS : SAFETY_MS)
      })
    })
  }

  async #go(): Promise<void> {
    try {
      if (!(await this.#leads())) return
      if (!this.#isLeading) await this.#lead()
      const isAnybody = await this.#telling.goOn(this.#closing.signal)
      this.#isAlone = !isAnybody && this.#parts.leases === undefined
      for (const { id, webhook } of await this.#redeliveries.take(this.queue)) {
        this.#lane(webhook).hurry(id)
      }
    } catch (error) {
      // Another replica has written in between: that one leads.
      if (isFault(error, 'record-conflict')) await this.#follow()
      else this.#parts.onTrouble(error)
    }
  }

  /** Whether this replica is the one that tells. The lease is not asked for at every look. */
  async #leads(): Promise<boolean> {
    const { leases, clock } = this.#parts
    if (leases === undefined) return true
    const nowMs = clock.nowMs()
    const restMs = this.#isLeading ? leases.lifetimeMs / 3 : SAFETY_MS / 2
    const sinceMs = nowMs - (this.#isLeading ? this.#takenAtMs : this.#askedAtMs)
    if (sinceMs >= 0 && sinceMs < restMs) return this.#isLeading
    this.#askedAtMs = nowMs
    if (!(await leases.renew())) await leases.begin()
    const lease = await leases.take(SUBJECT)
    if (lease !== undefined) this.#takenAtMs = nowMs
    else if (this.#isLeading) await this.#follow()
    return lease !== undefined
  }

  /** Takes up what was queued, oldest first. */
  async #lead(): Promise<void> {
    this.#telling.forget()
    const pending: { readonly id: string; readonly webhook: string; readonly atMs: number }[] = []
    for await (const { key: id, value } of this.queue.pending()) {
      pending.push({ id, webhook: value.webhook, atMs: value.nextAtMs ?? 0 })
    }
    for (const { id, webhook, atMs } of pending.reverse()) this.#lane(webhook).add(id, atMs)
    this.#isLeading = true
  }

  async #follow(): Promise<void> {
    this.#isLeading = false
    this.#telling.forget()
    const lanes = [...this.#lanes.values()]
    this.#lanes.clear()
    await Promise.all(lanes.map((lane) => lane.close()))
  }

  #lane(webhook: string): Lane {
    const known = this.#lanes.get(webhook)
    if (known !== undefined) return known
    const lane = new Lane(webhook, this.#laneParts())
    this.#lanes.set(webhook, lane)
    return lane
  }

  #laneParts(): LaneParts {
    const { clock, random, courier, publicUrl, backOff } = this.#parts
    return {
      ...{ clock, random, courier, queue: this.queue, webhooks: this.webhooks, keys: this.keys },
      backOff: { ...USUAL_BACK_OFF, ...backOff },
      ...(publicUrl === undefined ? {} : { publicUrl }),
      onTrouble: (error) => this.#parts.onTrouble(error),
    }
  }
}
