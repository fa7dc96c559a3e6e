/** The shapes of webhooks, and of what was sent to them. */
import { z } from 'zod'
import type { DeliveryQuery } from '../notifications/delivery-queue.ts'
import type {
  DeliveryPage,
  DeliveryView,
  NotificationType,
  WebhookPage,
  WebhookReply,
  WebhookRequest,
  WebhookView,
} from '../wire/webhooks.ts'
import { NAME } from './contract.ts'
import { CURSOR, limitOf, NEXT } from './paging.ts'
import { COUNT, ETAG, INSTANT, named } from './promised.ts'

const URL_MAX = 2_000

const TYPES = [
  'dev.rampart.ramp.opened',
  'dev.rampart.ramp.held',
  'dev.rampart.ramp.ended',
  'dev.rampart.stage.breached',
  'dev.rampart.approval.wanted',
  'dev.rampart.contract.amended',
] as const

/** What may be told. */
const NOTIFICATION_TYPE: z.ZodType<NotificationType> = z.enum(TYPES)

const FORMAT = z.enum(['cloudevents', 'slack'])
const STATUS = z.enum(['pending', 'delivered', 'dead'])

const contracts = z
  .array(
    z
      .string()
      .max(200)
      .regex(
        /^[A-Za-z0-9*_-]+\/[A-Za-z0-9*._-]+$/,
        'expected <kind>/<name>, as Environment/shop-*',
      ),
  )
  .min(1)
  .max(100)

/** `POST /v1/webhooks` */
export const WEBHOOK_REQUEST: z.ZodType<WebhookRequest> = named(
  'WebhookRequest',
  z.strictObject({
    url: z.url({ protocol: /^https?$/ }).max(URL_MAX),
    format: FORMAT.exactOptional(),
    types: z.array(NOTIFICATION_TYPE).min(1).exactOptional(),
    contracts: contracts.exactOptional(),
  }),
)

export const WEBHOOK_VIEW: z.ZodType<WebhookView> = named(
  'Webhook',
  z.object({
    id: z.string(),
    etag: ETAG,
    url: z.string().describe('Cut short, since it is often a secret itself.'),
    format: FORMAT,
    types: z.array(NOTIFICATION_TYPE),
    contracts: z.array(z.string()).exactOptional(),
    createdBy: z.string(),
    createdAtMs: INSTANT,
  }),
)

export const WEBHOOK_PAGE: z.ZodType<WebhookPage> = named(
  'WebhookPage',
  z.object({ webhooks: z.array(WEBHOOK_VIEW), next: NEXT }),
)

export const WEBHOOK_REPLY: z.ZodType<WebhookReply> = named(
  'MadeWebhook',
  z.object({
    webhook: WEBHOOK_VIEW,
    secret: z
      .string()
      .exactOptional()
      .describe('What its messages are signed with; shown only now. Those for Slack are not.'),
  }),
)

export const DELIVERY_VIEW: z.ZodType<DeliveryView> = named(
  'Delivery',
  z.object({
    id: z.string(),
    etag: ETAG,
    webhook: z.string(),
    event: z.string().describe('The id of the event, the same in every attempt.'),
    type: NOTIFICATION_TYPE,
    status: STATUS,
    attempts: COUNT,
    complaint: z.string().exactOptional().describe('Why the last attempt failed.'),
    createdAtMs: INSTANT,
    nextAtMs: INSTANT.exactOptional(),
  }),
)

export const DELIVERY_PAGE: z.ZodType<DeliveryPage> = named(
  'DeliveryPage',
  z.object({
    deliveries: z.array(DELIVERY_VIEW).describe('Newest first.'),
    next: NEXT,
  }),
)

/** `GET /v1/deliveries` */
export const DELIVERIES_QUERY: z.ZodType<DeliveryQuery> = z.strictObject({
  limit: limitOf(500, 50),
  cursor: CURSOR,
  status: STATUS.optional().describe('`dead` are the dead letters.'),
  webhook: NAME.optional(),
})

/** `/v1/webhooks/:id`, `/v1/deliveries/:id…` */
export const ID_PARAMS: z.ZodType<{ readonly id: string }> = z.object({ id: NAME })
