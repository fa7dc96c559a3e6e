/**
 * Wishes to have something delivered again, on their way from the replica that was asked to the one
 * that sends. There are few of them, so they are looked through often.
 */
import { z } from 'zod'
import type { Records } from '../../seams/records.ts'
import { Shelf } from '../access/shelf.ts'
import type { DeliveryQueue } from './delivery-queue.ts'

/** Passes wishes. */
export class Redeliveries {
  readonly #shelf: Shelf<{ readonly id: string }>

  constructor(records: Records) {
    this.#shelf = new Shelf(records, 'redeliveries', z.object({ id: z.string() }))
  }

  async ask(id: string): Promise<void> {
    await this.#shelf.put(id, { id })
  }

  /** Takes every wish, with the webhook that it is about. */
  async take(
    queue: DeliveryQueue,
  ): Promise<readonly { readonly id: string; readonly webhook: string }[]> {
    const taken: { id: string; webhook: string }[] = []
    for (const { key: id } of await this.#shelf.list()) {
      // Its delivery is pending since before it was asked for, so a crash right here loses nothing.
      await this.#shelf.remove(id)
      const kept = await queue.get(id)
      if (kept !== undefined) taken.push({ id, webhook: kept.value.webhook })
    }
    return taken
  }
}
