/** `/v1/webhooks` and `/v1/deliveries`: who is told of what happens, and what became of telling them. */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import { ascending, pageOf } from '../../core/units/page-of.ts'
import { whoAsks } from '../access/add-access.ts'
import { nameOf } from '../access/voice.ts'
import type { App } from '../app.ts'
import type { Notifications } from '../notifications/notifications.ts'
import { PAGE_OF } from '../schemas/paging.ts'
import {
  DELIVERIES_QUERY,
  DELIVERY_PAGE,
  DELIVERY_VIEW,
  ID_PARAMS,
  WEBHOOK_PAGE,
  WEBHOOK_REPLY,
  WEBHOOK_REQUEST,
  WEBHOOK_VIEW,
} from '../schemas/webhook.ts'
import type { WebhookView } from '../wire/webhooks.ts'

const TAGS = ['webhooks']
const CONFIG = { permission: 'webhooks.manage' } as const

/** Adds the routes. `notifications` is undefined where a server tells nobody. */
export function addWebhookRoutes(app: App, notifications: Notifications | undefined): void {
  const told = (): Notifications => {
    if (notifications === undefined) throw tellsNobody()
    return notifications
  }
  addWebhooks(app, told)
  addDeliveries(app, told)
}

function addWebhooks(app: App, told: () => Notifications): void {
  app.get(
    '/v1/webhooks',
    {
      schema: {
        operationId: 'listWebhooks',
        summary: 'List who is told of what happens',
        tags: TAGS,
        querystring: PAGE_OF,
        response: { 200: WEBHOOK_PAGE },
      },
      config: CONFIG,
    },
    async ({ query }) => {
      const oldestFirst = ({ createdAtMs, id }: WebhookView): string =>
        `${ascending(createdAtMs)} ${id}`
      const { items, ...next } = pageOf(await told().webhooks.views(), oldestFirst, query)
      return { webhooks: items, ...next }
    },
  )

  app.get(
    '/v1/webhooks/:id',
    {
      schema: {
        operationId: 'getWebhook',
        summary: 'Look at who is told of what',
        tags: TAGS,
        params: ID_PARAMS,
        response: { 200: WEBHOOK_VIEW },
      },
      config: { ...CONFIG, etag: true },
    },
    async ({ params: { id } }, reply) => {
      const webhook = await told().webhooks.view(id)
      void reply.header('etag', webhook.etag)
      return webhook
    },
  )
  addWebhookChanges(app, told)
}

function addWebhookChanges(app: App, told: () => Notifications): void {
  app.post(
    '/v1/webhooks',
    {
      schema: {
        operationId: 'addWebhook',
        summary: 'Let somebody be told; the secret of the signatures is shown only now',
        tags: TAGS,
        body: WEBHOOK_REQUEST,
        response: { 201: WEBHOOK_REPLY },
      },
      config: CONFIG,
    },
    async (request, reply) => {
      const notifications = told()
      const refusal = await notifications.courier.refusal(request.body.url)
      if (refusal !== undefined) throw unreachable(refusal)
      const by = nameOf(whoAsks(request), undefined)
      const webhook = await notifications.webhooks.add(request.body, by)
      notifications.look()
      const { id, format } = webhook
      // Nothing that goes to Slack is signed: who is shown a secret would think that it is.
      const shown = format === 'slack' ? {} : { secret: notifications.keys.shownSecret(id) }
      const answer = reply.code(201).header('location', `/v1/webhooks/${id}`)
      return await answer.header('cache-control', 'no-store').send({ webhook, ...shown })
    },
  )

  app.delete(
    '/v1/webhooks/:id',
    {
      schema: {
        operationId: 'removeWebhook',
        summary: 'Tell somebody nothing any more, not even what is queued',
        tags: TAGS,
        params: ID_PARAMS,
        response: { 204: z.null().describe('It is told nothing any more.') },
      },
      config: { ...CONFIG, ifMatch: true },
    },
    async (request, reply) => {
      const { params, precondition } = request
      await told().webhooks.remove(params.id, nameOf(whoAsks(request), undefined), precondition)
      return await reply.code(204).send(null)
    },
  )
}

function addDeliveries(app: App, told: () => Notifications): void {
  app.get(
    '/v1/deliveries',
    {
      schema: {
        operationId: 'listDeliveries',
        summary: 'List what was sent, is still to be sent, and could not be',
        tags: TAGS,
        querystring: DELIVERIES_QUERY,
        response: { 200: DELIVERY_PAGE },
      },
      config: CONFIG,
    },
    ({ query }) => told().queue.page(query),
  )

  app.get(
    '/v1/deliveries/:id',
    {
      schema: {
        operationId: 'getDelivery',
        summary: 'Look at what became of sending something',
        tags: TAGS,
        params: ID_PARAMS,
        response: { 200: DELIVERY_VIEW },
      },
      config: { ...CONFIG, etag: true },
    },
    async ({ params: { id } }, reply) => {
      const delivery = await told().queue.view(id)
      void reply.header('etag', delivery.etag)
      return delivery
    },
  )

  app.post(
    '/v1/deliveries/:id/redeliver',
    {
      schema: {
        operationId: 'redeliver',
        summary: 'Send something again, from the beginning and under the same id',
        tags: TAGS,
        params: ID_PARAMS,
        response: { 204: z.null().describe('It will be sent soon.') },
      },
      config: { ...CONFIG, ifMatch: true },
    },
    async (request, reply) => {
      await told().redeliver(request.params.id, request.precondition)
      return await reply.code(204).send(null)
    },
  )
}

function unreachable(hint: string): Fault {
  return new Fault({
    code: 'webhook-unreachable',
    operation: 'add a webhook',
    subject: 'its address',
    hint,
  })
}

function tellsNobody(): Fault {
  return new Fault({
    code: 'webhook-unknown',
    operation: 'find the webhooks',
    subject: 'webhooks',
    hint: 'This server was put together without anybody who carries messages.',
  })
}
