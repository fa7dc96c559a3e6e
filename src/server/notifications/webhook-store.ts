/**
 * Webhooks: who is to be told. Each change is noted in the ledger before it takes effect; the place of
 * that note is where telling begins, so that a new webhook is told nothing of old times.
 */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Records } from '../../seams/records.ts'
import type { AccessAudit } from '../access/audit.ts'
import { matchesPattern } from '../access/permissions.ts'
import { newId } from '../access/secret.ts'
import { Shelf, type Shelved } from '../access/shelf.ts'
import { changeRecord, type Precondition } from '../precondition.ts'
import { etagOf } from '../wire/etags.ts'
import type { WebhookRequest, WebhookView } from '../wire/webhooks.ts'
import { type Notification, USUAL_TYPES } from './notification.ts'
import type { WebhookKeys } from './webhook-keys.ts'

/** How many webhooks there may be: each is sent to by itself. */
const WEBHOOKS_MAX = 200

/** A webhook as it is kept. */
export interface Webhook extends Omit<WebhookView, 'etag'> {
  /** The address, sealed. */
  readonly sealedUrl: string
  /** What was recorded up to this position is not told. */
  readonly since: number
}

const WEBHOOK = z.object({
  id: z.string(),
  url: z.string(),
  sealedUrl: z.string(),
  format: z.enum(['cloudevents', 'slack']),
  types: z.array(z.string()),
  contracts: z.array(z.string()).exactOptional(),
  createdBy: z.string(),
  createdAtMs: z.number(),
  since: z.number(),
}) as unknown as z.ZodType<Webhook>

/** What it is put together from. */
export interface WebhookStoreParts {
  readonly records: Records
  readonly clock: Clock
  readonly audit: AccessAudit
  readonly keys: WebhookKeys
}

/** Keeps webhooks. */
export class WebhookStore {
  readonly #shelf: Shelf<Webhook>
  readonly #parts: WebhookStoreParts

  constructor(parts: WebhookStoreParts) {
    this.#parts = parts
    this.#shelf = new Shelf(parts.records, 'webhooks', WEBHOOK)
  }

  /** Every webhook, oldest first. */
  async list(): Promise<readonly Webhook[]> {
    const shelved = await this.#shelf.list({ limit: WEBHOOKS_MAX * 2 })
    return shelved.map(({ value }) => value).sort((a, b) => a.createdAtMs - b.createdAtMs)
  }

  /** The same, as they are shown. */
  async views(): Promise<readonly WebhookView[]> {
    const shelved = await this.#shelf.list({ limit: WEBHOOKS_MAX * 2 })
    return shelved.map(webhookView)
  }

  /** One, as it is shown. @throws webhook-unknown */
  async view(id: string): Promise<WebhookView> {
    const shelved = await this.#shelf.get(id)
    if (shelved === undefined) throw webhookUnknown(id)
    return webhookView(shelved)
  }

  async get(id: string): Promise<Webhook | undefined> {
    return (await this.#shelf.get(id))?.value
  }

  /** Where it is sent to; undefined when it was sealed with another master key. */
  addressOf({ id, sealedUrl }: Webhook): string | undefined {
    return this.#parts.keys.open(id, sealedUrl)
  }

  /** @throws limit-reached */
  async add(request: WebhookRequest, by: string): Promise<WebhookView> {
    if ((await this.list()).length >= WEBHOOKS_MAX) throw tooMany()
    const { audit, clock, keys } = this.#parts
    const id = `wh_${newId()}`
    const { url, format = 'cloudevents', types = USUAL_TYPES, contracts } = request
    const shown = {
      id,
      url: shownUrl(url),
      format,
      types,
      ...(contracts === undefined ? {} : { contracts }),
      createdBy: by,
      createdAtMs: clock.nowMs(),
    }
    const { createdBy: _, createdAtMs: __, ...details } = shown
    const since = await audit.note({
      by,
      what: 'webhook.created',
      subject: id,
      sentence: `${by} lets ${shown.url} be told of ${types.length} types of events.`,
      details,
    })
    const webhook: Webhook = { ...shown, sealedUrl: keys.seal(id, url), since }
    const version = await this.#shelf.put(id, webhook, { ifVersion: 0 })
    return webhookView({ key: id, value: webhook, version })
  }

  /**
   * @param only what whoever removes it has seen of it; absent: whatever there is
   * @throws webhook-unknown, precondition-failed
   */
  async remove(id: string, by: string, only?: Precondition): Promise<void> {
    const shelved = await this.#shelf.get(id)
    if (shelved === undefined) throw webhookUnknown(id)
    const { value: webhook, version } = shelved
    const deed = { operation: 'remove the webhook', subject: id }
    only?.check(etagOf(version), deed)
    await this.#parts.audit.note({
      by,
      what: 'webhook.removed',
      subject: id,
      sentence: `${by} lets ${webhook.url} be told of nothing any more.`,
      details: {},
    })
    const now = () => this.#shelf.versionOf(id)
    await changeRecord({ only, deed, version: now }, () => this.#shelf.remove(id, version))
  }
}

/** A webhook as it is shown. */
function webhookView({ value, version }: Shelved<Webhook>): WebhookView {
  const { sealedUrl: _, since: __, id, ...view } = value
  return { id, etag: etagOf(version), ...view }
}

/** Whether a webhook is to be told something. */
export function isFor({ types, contracts }: Webhook, { type, contract }: Notification): boolean {
  if (!types.includes(type)) return false
  return contracts?.some((pattern) => matchesPattern(pattern, contract)) ?? true
}

/** An address without what may be secret of it: the host, and where there is more, where that begins. */
function shownUrl(text: string): string {
  const { protocol, host, pathname, search } = new URL(text)
  const [, first = '', ...more] = pathname.split('/')
  const isWhole = pathname === '/' && search === ''
  const begin = more.length > 0 && /^[a-z]{1,12}$/.test(first) ? `/${first}` : ''
  return `${protocol}//${host}${isWhole ? '/' : `${begin}/…`}`
}

/** That there is no such webhook. */
function webhookUnknown(id: string): Fault {
  return new Fault({
    code: 'webhook-unknown',
    operation: 'find the webhook',
    subject: id,
    hint: `There is no webhook ${id}.`,
  })
}

function tooMany(): Fault {
  return new Fault({
    code: 'limit-reached',
    operation: 'add a webhook',
    subject: 'webhooks',
    hint: `There are ${WEBHOOKS_MAX} webhooks already; remove one first.`,
  })
}
