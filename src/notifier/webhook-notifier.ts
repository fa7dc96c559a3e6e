/**
 * Tells of breaches by a POST of JSON. Tries three times, never blocks a ramp, and never shows the URL,
 * which is often a secret itself. A notice that is on its way when the daemon is killed is lost; the
 * ledger has the breach.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { Fault } from '../core/fault/fault.ts'
import type { Notice, Notifier } from '../seams/notifier.ts'

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
    if (!webhook.success) throw undelivered(what, 'its URL is none')
    const { url, headers } = webhook.data
    let why = ''
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await delay(this.#pauseMs * 2 ** (attempt - 1))
      why = await post(url, headers, JSON.stringify(what))
      if (why === '') return
    }
    throw undelivered(what, why)
  }
}

/** Posts once. Returns why it did not get through; empty when it did. */
async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> {
  const { request } = await import('undici')
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body.dump()
    return response.statusCode < 300 ? '' : `it was answered with ${response.statusCode}`
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException
    return `there was no answer (${code ?? name})`
  }
}

function undelivered({ contract, stage, condition }: Notice['what'], why: string): Fault {
  return new Fault({
    code: 'notice-undelivered',
    operation: 'tell of a breach',
    subject: `${contract} ${stage}/${condition}`,
    hint: `The webhook was not told: ${why}.`,
  })
}
