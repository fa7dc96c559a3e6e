/** Notices get through, are tried again, and never show where they go. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { isFault } from '../core/fault/fault.ts'
import type { Notice } from '../seams/notifier.ts'
import { WebhookNotifier } from './webhook-notifier.ts'

const WHAT: Notice['what'] = {
  ramp: 'shop-watch-222222',
  kind: 'Environment',
  contract: 'shop',
  stage: 'api',
  condition: 'serving',
  policy: 'ignore',
  reason: 'wrong-status',
  sentence: 'serving no longer holds.',
  atMs: 1_700_000_000_000,
}

async function receiver(statuses: readonly number[]) {
  const bodies: unknown[] = []
  const keys: unknown[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => {
      response.statusCode = statuses[bodies.length] ?? 200
      bodies.push(JSON.parse(text))
      keys.push(request.headers['authorization'])
      response.end()
      server.emit('told')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, bodies, keys, url: `http://127.0.0.1:${port}/secret-path` }
}

test('posts what broke, with the headers that are asked for', async (t) => {
  const { server, bodies, keys, url } = await receiver([])
  t.after(() => server.close())
  const troubles: unknown[] = []
  const notifier = new WebhookNotifier({ onTrouble: (error) => troubles.push(error) })
  const told = once(server, 'told')
  notifier.tell({ to: { url, headers: { authorization: 'Bearer x' } }, what: WHAT })
  await told
  assert.deepEqual(bodies, [WHAT])
  assert.deepEqual(keys, ['Bearer x'])
  assert.deepEqual(troubles, [])
})

test('tries again, and complains without the address in the end', async (t) => {
  const { server, bodies, url } = await receiver([503, 503, 503])
  t.after(() => server.close())
  const { promise, resolve } = Promise.withResolvers<unknown>()
  new WebhookNotifier({ onTrouble: resolve, pauseMs: 1 }).tell({ to: { url }, what: WHAT })
  const trouble = await promise
  assert.ok(isFault(trouble, 'notice-undelivered'))
  assert.match(trouble.message, /answered with 503/)
  assert.ok(!trouble.message.includes('secret-path'))
  assert.equal(bodies.length, 3)
})

test('complains of what is no URL', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  new WebhookNotifier({ onTrouble: resolve }).tell({ to: { url: 'ftp://x' }, what: WHAT })
  assert.ok(isFault(await promise, 'notice-undelivered'))
})
