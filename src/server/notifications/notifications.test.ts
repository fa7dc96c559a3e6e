/**
 * Notifications over real HTTP: signed, told once each, tried again, given up, and never lost by a crash
 * between any two steps.
 */

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { conditionOf, planOf, stageOf } from '../../../test/support/plan-words.ts'
import { until } from '../../../test/support/until.ts'
import { openReceiver, type Received } from '../../../test/support/webhook-receiver.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { Entry } from '../../core/entry/entry.ts'
import { digestOf } from '../../core/units/digest.ts'
import { MemoryLeases, MemoryLeaseTable } from '../../leases/memory/memory-leases.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import { HttpCourier } from '../../notifier/http-courier.ts'
import { SystemRandom } from '../../random/system-random.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import type { Courier } from '../../seams/courier.ts'
import type { Leases } from '../../seams/leases.ts'
import type { Records } from '../../seams/records.ts'
import { AccessAudit } from '../access/audit.ts'
import type { WebhookRequest } from '../wire/webhooks.ts'
import { Notifications } from './notifications.ts'

const clock = new SystemClock()
const FAST = { firstMs: 10, mostMs: 50, giveUpMs: 60_000 }

/** What outlives a crash. */
class Kept {
  readonly ledger = new MemoryLedger()
  readonly records: Records = new MemoryRecords(clock)
  readonly audit = new AccessAudit({ ledger: this.ledger, clock })
  readonly troubles: unknown[] = []

  open(
    t: TestContext,
    more: {
      leases?: Leases
      backOff?: Partial<typeof FAST>
      records?: Records
      courier?: Courier
    } = {},
  ) {
    const notifications = new Notifications({
      ...{ ledger: this.ledger, records: this.records, clock, random: new SystemRandom() },
      audit: this.audit,
      courier: new HttpCourier({ mayReach: ['127.0.0.0/8'], timeoutMs: 500 }),
      masterKey: () => new Uint8Array(32).fill(7),
      publicUrl: 'https://rampart.example.org/',
      onTrouble: (error) => void this.troubles.push(error),
      ...more,
      backOff: { ...FAST, ...more.backOff },
    })
    t.after(() => notifications.close())
    notifications.start()
    return notifications
  }

  async append(stream: string, ...entries: readonly Entry[]): Promise<void> {
    const after = (await this.ledger.streams()).find((one) => one.stream === stream)?.sequence ?? 0
    await this.ledger.append({ stream, after, entries })
  }

  /** A ramp that is opened, breaks a promise, and holds. */
  async breach(number = 1): Promise<void> {
    const stage = { ...stageOf('api'), owner: 'money' }
    const plan = planOf([stage])
    const ramp = `shop-up-${String(number).padStart(6, '0')}`
    const cause = { reason: 'breach', sentence: 'serving no longer holds <now>.', stage: 'api' }
    await this.append(
      ramp,
      {
        type: 'ramp.opened',
        ramp,
        plan,
        planDigest: digestOf(plan),
        flags: [],
        by: 'anna',
        atMs: 1,
      },
      {
        type: 'stage.breached',
        stage: 'api',
        condition: 'serving',
        policy: 'hold',
        cause,
        atMs: 2,
      },
      { type: 'ramp.held', cause, atMs: 3 },
    )
  }
}

async function add(notifications: Notifications, request: WebhookRequest) {
  const webhook = await notifications.webhooks.add(request, 'anna')
  notifications.look()
  return webhook
}

function idsOf(received: readonly Received[]): readonly unknown[] {
  return received.map(({ headers }) => headers['webhook-id'])
}

test('tells by signed CloudEvents what happened since the webhook was made', async (t) => {
  const kept = new Kept()
  await kept.breach(1)
  const receiver = await openReceiver(t)
  const notifications = kept.open(t)
  const { id } = await add(notifications, { url: receiver.url })
  await kept.breach(2)
  const [breached, held] = await receiver.until(2)
  assert.deepEqual(idsOf(receiver.received), ['shop-up-000002:2', 'shop-up-000002:3'])
  assert.equal(breached?.headers['content-type'], 'application/cloudevents+json; charset=utf-8')
  const event = JSON.parse(breached?.body ?? '')
  assert.equal(event.specversion, '1.0')
  assert.equal(event.type, 'dev.rampart.stage.breached')
  assert.equal(event.source, 'https://rampart.example.org/ramps/shop-up-000002')
  assert.equal(event.time, '1970-01-01T00:00:00.002Z')
  assert.equal(event.data.owner, 'money')
  assert.equal(JSON.parse(held?.body ?? '').type, 'dev.rampart.ramp.held')

  // As a receiver verifies it by the words of Standard Webhooks, with nothing of ours.
  const shown = notifications.keys.shownSecret(id)
  const secret = Buffer.from(shown.replace('whsec_', ''), 'base64')
  assert.equal(secret.length, 32)
  const { 'webhook-id': eventId, 'webhook-timestamp': at } = breached?.headers ?? {}
  const signed = `${String(eventId)}.${String(at)}.${breached?.body}`
  const signature = createHmac('sha256', secret).update(signed).digest('base64')
  assert.equal(breached?.headers['webhook-signature'], `v1,${signature}`)
  assert.ok(Math.abs(Number(at) - clock.nowMs() / 1_000) < 60)
})

test('keeps neither address nor secret in clear, and tells other contracts and types to others', async (t) => {
  const kept = new Kept()
  const [one, other] = [await openReceiver(t), await openReceiver(t)]
  const notifications = kept.open(t)
  await add(notifications, { url: other.url, contracts: ['Environment/pages'] })
  await add(notifications, { url: one.url, types: ['dev.rampart.ramp.held'], format: 'slack' })
  await kept.breach()
  const [told] = await one.until(1)
  assert.equal(told?.headers['webhook-signature'], undefined)
  const { text } = JSON.parse(told?.body ?? '') as { text: string }
  assert.match(text, /^:raised_hand: \*<https:\/\/rampart\.example\.org\/ramps\/shop-up-000001\|/)
  assert.match(text, /serving no longer holds &lt;now&gt;\.\nTalk to money\./)
  assert.equal(other.received.length, 0)
  for (const collection of ['webhooks', 'deliveries']) {
    const text = JSON.stringify(await kept.records.list(collection))
    assert.ok(!text.includes('planted-path'), collection)
  }
  let entries = ''
  for await (const { entry } of kept.ledger.readAll()) entries += JSON.stringify(entry)
  assert.ok(entries.includes('webhook.created') && !entries.includes('planted-path'))
})

test('tries again under the same id until it is accepted', async (t) => {
  const kept = new Kept()
  const receiver = await openReceiver(t, (response, number) => {
    if (number === 1) response.writeHead(500).end()
    else if (number === 2) response.destroy()
    else if (number === 3) response.writeHead(302, { location: 'http://127.0.0.1/' }).end()
    else response.writeHead(200).end('x'.repeat(100_000))
  })
  const notifications = kept.open(t)
  await add(notifications, { url: receiver.url, types: ['dev.rampart.stage.breached'] })
  await kept.breach()
  await receiver.until(4)
  assert.equal(new Set(idsOf(receiver.received)).size, 1)
  await until('it is delivered at the fourth try', async () => {
    const { deliveries } = await notifications.queue.page({ limit: 10 })
    return deliveries[0]?.status === 'delivered' && deliveries[0].attempts === 4
  })
})

test('gives up in the end, and sends again when asked to', async (t) => {
  const kept = new Kept()
  let isWell = false
  const receiver = await openReceiver(t, (response) => {
    response.writeHead(isWell ? 200 : 503).end()
  })
  const notifications = kept.open(t, { backOff: { giveUpMs: 200 } })
  await add(notifications, { url: receiver.url, types: ['dev.rampart.ramp.held'] })
  await kept.breach()
  const dead = async () =>
    (await notifications.queue.page({ limit: 10, status: 'dead' })).deliveries
  await until('one is dead', async () => (await dead()).length === 1)
  const [letter] = await dead()
  assert.equal(letter?.complaint, 'It was answered with 503.')
  isWell = true
  const before = receiver.received.length
  await notifications.redeliver(letter?.id ?? '')
  await receiver.until(before + 1)
  assert.equal(new Set(idsOf(receiver.received)).size, 1)
  await until('none is dead', async () => (await dead()).length === 0)
  await assert.rejects(notifications.redeliver('nothing'), { code: 'delivery-unknown' })
})

test('who is gone for good is not tried again', async (t) => {
  const kept = new Kept()
  const receiver = await openReceiver(t, (response) => void response.writeHead(410).end())
  const notifications = kept.open(t)
  await add(notifications, { url: receiver.url, types: ['dev.rampart.ramp.held'] })
  await kept.breach()
  await until('it is dead', async () => {
    const { deliveries } = await notifications.queue.page({ limit: 10 })
    return deliveries[0]?.status === 'dead' && deliveries[0].attempts === 1
  })
})

test('an approval is asked for again once its stage is tried again', async (t) => {
  const kept = new Kept()
  const receiver = await openReceiver(t)
  await add(kept.open(t), { url: receiver.url, types: ['dev.rampart.approval.wanted'] })
  const agreed = conditionOf('agreed', { ask: 'approval', from: ['sre'], count: 1 })
  const plan = planOf([stageOf('api', { gates: [agreed] })])
  const ramp = 'shop-up-000001'
  const why = { plan, planDigest: digestOf(plan), flags: [], by: 'anna', atMs: 1 }
  await kept.append(
    ramp,
    { type: 'ramp.opened', ramp, ...why },
    { type: 'stage.gated', stage: 'api', incarnation: 1, atMs: 2 },
    { type: 'stage.reset', stage: 'api', notBeforeMs: 3, atMs: 3 },
    { type: 'stage.gated', stage: 'api', incarnation: 2, atMs: 4 },
  )
  await receiver.until(2)
  assert.deepEqual([...idsOf(receiver.received)].sort(), [`${ramp}:2:agreed`, `${ramp}:4:agreed`])
})

test('a receiver that hangs holds up nobody else', async (t) => {
  const kept = new Kept()
  const hanging = await openReceiver(t, () => undefined)
  const receiver = await openReceiver(t)
  // Nothing is given up while the others are told: what the hanging one holds, it holds until the end.
  const courier = new HttpCourier({ mayReach: ['127.0.0.0/8'], timeoutMs: 600_000 })
  const notifications = kept.open(t, { courier })
  const types = ['dev.rampart.ramp.held'] as const
  await add(notifications, { url: hanging.url, types })
  await add(notifications, { url: receiver.url, types })
  for (let number = 1; number <= 50; number++) await kept.breach(number)
  await receiver.until(50)
  assert.ok(hanging.received.length <= 4, 'so many are sent at once')
})

/** Records that fail as if the process were killed at the so many-th writing. */
function dyingAt(records: Records, last: number): { readonly records: Records; isDead(): boolean } {
  let writes = 0
  const dead = new Error('killed')
  const counted = {
    get: (collection: string, key: string) => records.get(collection, key),
    list: (...args: Parameters<Records['list']>) => records.list(...args),
    close: () => records.close(),
    put: async (put: Parameters<Records['put']>[0]) => {
      if (++writes > last) throw dead
      return await records.put(put)
    },
    remove: async (...args: Parameters<Records['remove']>) => {
      if (++writes > last) throw dead
      return await records.remove(...args)
    },
  }
  return { records: counted, isDead: () => writes > last }
}

test('nothing is lost, wherever it is killed, and nothing is told under two ids', async (t) => {
  for (let last = 0; last < 12; last++) {
    await t.test(`after ${last} writes`, async (t) => {
      const kept = new Kept()
      const receiver = await openReceiver(t)
      const first = kept.open(t)
      await first.webhooks.add({ url: receiver.url }, 'anna')
      await first.close()
      await kept.breach(1)
      await kept.breach(2)
      const dying = dyingAt(kept.records, last)
      const killed = kept.open(t, { records: dying.records })
      await until('all are told, or it is killed', async () => {
        const { deliveries } = await killed.queue.page({ limit: 10, status: 'delivered' })
        return dying.isDead() || deliveries.length === 4
      })
      await killed.close()
      const next = kept.open(t)
      await until('all are told', async () => {
        const { deliveries } = await next.queue.page({ limit: 10, status: 'delivered' })
        return deliveries.length === 4
      })
      const expected = [
        'shop-up-000001:2',
        'shop-up-000001:3',
        'shop-up-000002:2',
        'shop-up-000002:3',
      ]
      assert.deepEqual([...new Set(idsOf(receiver.received))].sort(), expected)
    })
  }
})

test('of two replicas only one sends, and the other goes on when it ends', async (t) => {
  const kept = new Kept()
  const receiver = await openReceiver(t)
  const table = new MemoryLeaseTable(clock)
  const one = kept.open(t, { leases: new MemoryLeases({ table, owner: 'one' }) })
  const other = kept.open(t, { leases: new MemoryLeases({ table, owner: 'other' }) })
  await add(one, { url: receiver.url, types: ['dev.rampart.ramp.held'] })
  for (let number = 1; number <= 20; number++) await kept.breach(number)
  await receiver.until(20)
  assert.equal(new Set(idsOf(receiver.received)).size, 20)
  assert.equal(receiver.received.length, 20)
  await one.close()
  await kept.breach(21)
  await receiver.until(21)
  await other.close()
})
