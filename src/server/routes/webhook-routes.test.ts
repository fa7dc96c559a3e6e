/** Webhooks over the API: made, listed, told by what a ramp really does, and removed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openServer } from '../../../test/support/small-server.ts'
import { until } from '../../../test/support/until.ts'
import { openReceiver } from '../../../test/support/webhook-receiver.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { HttpCourier } from '../../notifier/http-courier.ts'
import { SystemRandom } from '../../random/system-random.ts'
import type { DeliveryPage, WebhookPage, WebhookReply } from '../wire/webhooks.ts'

const notifying = (mayReach: readonly string[]) => ({
  courier: new HttpCourier({ mayReach }),
  random: new SystemRandom(),
  masterKey: () => new Uint8Array(32).fill(1),
})

const SHOP: JsonObject = {
  apiVersion: 'rampart/v1',
  kind: 'Environment',
  metadata: { name: 'shop' },
  spec: { components: { api: { run: { command: ['api'] } } }, watch: false },
}

test('a webhook is told of the end of a ramp, and of nothing once it is removed', async (t) => {
  const { send, troubles } = await openServer(t, { notifying: notifying(['127.0.0.0/8']) })
  const receiver = await openReceiver(t)
  const made = await send<WebhookReply>('POST', '/v1/webhooks', { url: receiver.url })
  assert.equal(made.status, 201)
  assert.match(made.body.secret ?? '', /^whsec_[A-Za-z0-9+/]{43}=$/)
  assert.equal(made.headers['cache-control'], 'no-store')
  assert.match(made.body.webhook.url, /^http:\/\/127\.0\.0\.1:\d+\/services\/…$/)
  const opening = { contract: SHOP, directory: '/srv', goal: 'up', settings: {}, by: 'anna' }
  const opened = await send<{ ramp: string }>('POST', '/v1/ramps', opening)
  const [told] = await receiver.until(1)
  const event = JSON.parse(told?.body ?? '')
  assert.equal(event.type, 'dev.rampart.ramp.ended')
  assert.equal(event.data.outcome, 'reached')
  assert.equal(event.data.ramp, opened.body.ramp)
  const listed = await send<WebhookPage>('GET', '/v1/webhooks')
  assert.ok(!JSON.stringify(listed.body).includes('planted-path'))
  const slack = { url: receiver.url, format: 'slack', contracts: ['Environment/none'] }
  const unsigned = await send<WebhookReply>('POST', '/v1/webhooks', slack)
  assert.deepEqual([unsigned.status, Object.keys(unsigned.body)], [201, ['webhook']])
  const { id } = made.body.webhook
  await assertRedelivered(send, id)
  await receiver.until(2)
  assert.equal((await send('DELETE', `/v1/webhooks/${id}`)).status, 204)
  assert.equal((await send('DELETE', `/v1/webhooks/${id}`)).status, 404)
  assert.deepEqual(troubles, [])
})

type Send = Awaited<ReturnType<typeof openServer>>['send']

/** What was delivered is delivered once more, for whoever has seen how it stands. */
async function assertRedelivered(send: Send, webhook: string): Promise<void> {
  assert.equal((await send('POST', '/v1/deliveries/nothing/redeliver')).status, 404)
  let delivery: DeliveryPage['deliveries'][number] | undefined
  await until('it is delivered', async () => {
    const { body } = await send<DeliveryPage>('GET', '/v1/deliveries?status=delivered')
    delivery = body.deliveries[0]
    return delivery !== undefined
  })
  assert.equal(delivery?.webhook, webhook)
  const at = `/v1/deliveries/${delivery?.id}`
  assert.equal((await send('GET', at)).headers['etag'], delivery?.etag)
  const redeliver = (ifMatch = ''): Promise<{ readonly status: number }> =>
    send('POST', `${at}/redeliver`, undefined, { 'if-match': ifMatch })
  assert.equal((await redeliver('"0"')).status, 412)
  assert.equal((await redeliver(delivery?.etag)).status, 204)
  // It is pending now, or delivered once more: nobody has seen either yet.
  assert.equal((await redeliver(delivery?.etag)).status, 412)
}

test('refuses an address that only the server itself can reach', async (t) => {
  const { send } = await openServer(t, { notifying: notifying([]) })
  for (const url of ['http://127.0.0.1:9/', 'http://[::1]/', 'http://169.254.169.254/latest/']) {
    const refused = await send<JsonObject>('POST', '/v1/webhooks', { url })
    assert.equal(refused.body['code'], 'webhook-unreachable', url)
  }
  for (const url of ['ftp://example.org/', 'nothing', 'https://a:b@192.0.78.9/']) {
    const { status } = await send('POST', '/v1/webhooks', { url })
    assert.ok(status === 400 || status === 422, url)
  }
  assert.deepEqual((await send<WebhookPage>('GET', '/v1/webhooks')).body.webhooks, [])
})
