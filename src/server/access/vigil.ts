/**
 * Watches answers that last: whoever was let in to a live stream, and is thrown out meanwhile, must not
 * go on reading for as long as they keep still. What is cut off may come again, and is judged anew.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isFault } from '../../core/fault/fault.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import { isCertificateRefusal } from './agent-certificates.ts'
import type { Identity } from './identity.ts'

/** How often it is looked. @unit ms */
export const VIGIL_MS = 15_000

/** What the vigil is kept with. */
export interface VigilOptions {
  readonly clock: Clock
  /** Who sends a request, as things stand now. @throws unauthenticated */
  identify(request: FastifyRequest): Promise<Identity | undefined>
}

interface Lasting {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly sinceMs: number
  /** What they might do when they were let in. */
  readonly grants: string
}

/** Keeps watch. */
export class Vigil {
  readonly #options: VigilOptions
  readonly #lasting = new Set<Lasting>()
  #timer: Timer | undefined
  #isClosed = false

  constructor(options: VigilOptions) {
    this.#options = options
  }

  /** Watches an answer until it is over. */
  watch(request: FastifyRequest, reply: FastifyReply, { grants }: Identity): void {
    const sinceMs = this.#options.clock.nowMs()
    const lasting = { request, reply, sinceMs, grants: JSON.stringify(grants) }
    this.#lasting.add(lasting)
    reply.raw.once('close', () => this.#lasting.delete(lasting))
    if (this.#timer === undefined) this.#setTimer()
  }

  /** Watches no more. Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = undefined
    this.#lasting.clear()
  }

  #setTimer(): void {
    const { clock } = this.#options
    this.#timer = clock.wakeAt(clock.nowMs() + VIGIL_MS, () => void this.#look())
  }

  async #look(): Promise<void> {
    const { clock } = this.#options
    const nowMs = clock.nowMs()
    const lasting = [...this.#lasting].filter(({ sinceMs }) => nowMs - sinceMs >= VIGIL_MS)
    for (const one of lasting) {
      if (!(await this.#isStillLetIn(one))) one.reply.raw.destroy()
    }
    this.#timer = undefined
    if (!this.#isClosed && this.#lasting.size > 0) this.#setTimer()
  }

  async #isStillLetIn({ request, grants }: Lasting): Promise<boolean> {
    try {
      const identity = await this.#options.identify(request)
      return identity !== undefined && JSON.stringify(identity.grants) === grants
    } catch (error) {
      // Where it cannot be told, for example while the store is away, nobody is cut off for it.
      return !isFault(error, 'unauthenticated') && !isCertificateRefusal(error)
    }
  }
}
