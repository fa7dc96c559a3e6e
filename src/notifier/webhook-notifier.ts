/**
 * Tells of breaches by a POST of JSON. Tries three times, never blocks a ramp, and never shows the URL,
 * which is often a secret itself. A notice that is on its way when the daemon is killed is lost; the
 * ledger has the breach.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { Fault } from '../core/fault/fault.ts'
import type { Notice, Notifier } from '../seams/notifier.ts'
import { HttpCourier } from './http-courier.ts'

const ATTEMPTS = 3
const PAUSE_MS = 1_000
const TIMEOUT_MS = 5_000

const WEBHOOK = z.object({
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string(), z.string()).default({}),
})

/** Posts notices. */
export class WebhookNotifier implements Notifier {
  readonly #onTrouble: (error: unknown) => void
  readonly #pauseMs: number
  // Whoever writes a contract may run whatever they like there; an address is no more than that.
  readonly #courier = new HttpCourier({ mayReach: ['everything'], timeoutMs: TIMEOUT_MS })

  /** @param options `pauseMs`: before the second attempt; doubled for the third. @default 1000 */
  constructor(options: { onTrouble(error: unknown): void; readonly pauseMs?: number }) {
    this.#onTrouble = (error) => options.onTrouble(error)
    this.#pauseMs = options.pauseMs ?? PAUSE_MS
  }

  tell(notice: Notice): void {
    this.#deliver(notice).catch(this.#onTrouble)
  }

  async #deliver({ to, what }: Notice): Promise<void> {
    const webhook = WEBHOOK.safeParse(to)
    if (!webhook.success) throw undelivered(what, 'Its address is no URL.')
    const { url, headers } = webhook.data
    let why = ''
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await delay(this.#pauseMs * 2 ** (attempt - 1))
      const receipt = await this.#courier.deliver({
        url,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(what),
      })
      if (receipt.verdict === 'accepted') return
      why = receipt.sentence
    }
    throw undelivered(what, why)
  }
}

function undelivered({ contract, stage, condition }: Notice['what'], why: string): Fault {
  return new Fault({
    code: 'notice-undelivered',
    operation: 'tell of a breach',
    subject: `${contract} ${stage}/${condition}`,
    hint: `The webhook was not told. ${why}`,
  })
}
