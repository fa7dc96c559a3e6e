/**
 * Ends what is due: leases that nobody took or renewed, and ports that have cooled. Thousands may be
 * due at the same instant: they are ended in slices, between which everybody else is served.
 */
import type { PortEntry } from '../core/port/port-entries.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { isWaiting } from '../core/port/port-states.ts'
import type { Clock, Timer } from '../seams/clock.ts'
import { coolingMsOf } from './cooling.ts'
import type { Holding } from './holding.ts'
import type { PortLedger } from './port-ledger.ts'

/** How many are ended in one breath. */
const SLICE = 256

/** What ending is done with. */
export interface EndingParts {
  readonly record: PortLedger
  readonly holding: Holding
  readonly clock: Clock
  onTrouble(error: unknown): void
}

/** Wakes when something is due. */
export class Ending {
  readonly #parts: EndingParts
  #timer: { readonly atMs: number; readonly timer: Timer } | undefined
  #running = false
  #isClosed = false

  constructor(parts: EndingParts) {
    this.#parts = parts
  }

  /** Something may be due earlier than before. */
  arm(): void {
    if (this.#running || this.#isClosed) return
    const atMs = soonest(this.#parts.record.table.leases())
    if (this.#timer?.atMs === atMs) return
    this.#timer?.timer.cancel()
    this.#timer =
      atMs === undefined
        ? undefined
        : { atMs, timer: this.#parts.clock.wakeAt(atMs, () => void this.#wake()) }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.timer.cancel()
    this.#timer = undefined
  }

  async #wake(): Promise<void> {
    this.#timer = undefined
    this.#running = true
    try {
      let due = this.#due()
      while (due.length > 0 && !this.#isClosed) {
        await this.#end(due.slice(0, SLICE))
        // Whoever waits for this process gets their turn first.
        await new Promise((resolve) => setImmediate(resolve))
        due = this.#due()
      }
    } catch (error) {
      this.#parts.onTrouble(error)
    } finally {
      this.#running = false
    }
    this.arm()
  }

  #due(): readonly PortLease[] {
    const nowMs = this.#parts.clock.nowMs()
    return this.#parts.record.table
      .leases()
      .filter((lease) => (dueAtMs(lease) ?? nowMs + 1) <= nowMs)
  }

  async #end(leases: readonly PortLease[]): Promise<void> {
    const { record, holding, clock } = this.#parts
    const nowMs = clock.nowMs()
    const entries = leases.map((lease): PortEntry => {
      const { id, state, process } = lease
      if (state === 'cooling') return { type: 'port.freed', lease: id, because: 'It has cooled.' }
      const because = 'Nobody took it, and nobody asked for it again.'
      if (process === undefined) return { type: 'port.freed', lease: id, because }
      const coolUntilMs = nowMs + coolingMsOf(lease, record.table)
      return { type: 'port.moved', lease: id, to: 'cooling', because, coolUntilMs }
    })
    const recorded = record.record(entries)
    await Promise.all([recorded, holding.letGo(leases.map(({ id }) => id))])
  }
}

function soonest(leases: readonly PortLease[]): number | undefined {
  let atMs: number | undefined
  for (const lease of leases) {
    const dueMs = dueAtMs(lease)
    if (dueMs !== undefined && (atMs === undefined || dueMs < atMs)) atMs = dueMs
  }
  return atMs
}

function dueAtMs({ state, expiresAtMs, coolUntilMs }: PortLease): number | undefined {
  if (state === 'cooling') return coolUntilMs
  return isWaiting(state) ? expiresAtMs : undefined
}
