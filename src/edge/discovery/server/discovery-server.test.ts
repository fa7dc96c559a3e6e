/** The HTTP view of discovery over real connections: now, when it changes, and as a stream. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request as requestOf } from 'node:http'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { describe, it, type TestContext } from 'node:test'
import { until } from '../../../../test/support/until.ts'
import { SystemClock } from '../../../clock/system-clock.ts'
import type { Endpoint } from '../../../seams/endpoints.ts'
import { EndpointTable } from '../endpoint-table.ts'
import { API } from '../fixtures/api-endpoint.ts'
import { DiscoveryServer, type DiscoveryServerOptions } from './discovery-server.ts'

const WEB: Endpoint = { ...API, service: 'shop/web', number: 20_002 }

interface Told {
  readonly index: number
  readonly next?: string
  readonly endpoints: readonly { readonly target: string; readonly service: string }[]
}

async function open(t: TestContext, more: Partial<DiscoveryServerOptions> = {}) {
  const endpoints = new EndpointTable()
  const troubles: unknown[] = []
  const server = await DiscoveryServer.open({
    endpoints,
    clock: new SystemClock(),
    random: { integer: () => 0 },
    onTrouble: (error) => void troubles.push(error),
    ...more,
  })
  t.after(async () => {
    await server.close()
    await server.close()
    assert.deepEqual(troubles, [])
  })
  const url = (path: string): string => `http://127.0.0.1:${server.port}/v1/services${path}`
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url(path), { headers })
    const text = await response.text()
    const body = text === '' ? undefined : (JSON.parse(text) as Told & { readonly detail?: string })
    return { status: response.status, headers: response.headers, body }
  }
  return { endpoints, server, url, ask }
}

/** The events of a stream, as they come. */
async function* eventsOf(response: IncomingMessage): AsyncGenerator<{ id: string; told: Told }> {
  let text = ''
  for await (const piece of response) {
    text += String(piece)
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, id] = /^id: (.*)$/m.exec(block) ?? []
      const [, data] = /^data: (.*)$/m.exec(block) ?? []
      if (id !== undefined && data !== undefined) yield { id, told: JSON.parse(data) as Told }
    }
  }
}

async function stream(t: TestContext, url: string, lastEventId?: string) {
  const headers = {
    accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  }
  const request = requestOf(url, { headers }).end()
  t.after(() => request.destroy())
  request.on('error', () => undefined)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  assert.equal(response.headers['content-type'], 'text/event-stream')
  const events = eventsOf(response)
  const next = async (): Promise<{ id: string; told: Told }> => {
    const { value } = await events.next()
    assert.ok(value !== undefined, 'the stream has ended')
    return value
  }
  return { request, next }
}

describe('services over HTTP', () => {
  it('are told by path, by name and by words, and nobody is an answer', async (t) => {
    const { endpoints, ask } = await open(t, { home: { environment: 'dev' } })
    const empty = await ask('/shop/api')
    assert.deepEqual([empty.status, empty.body?.endpoints], [200, []])
    endpoints.set([
      API,
      WEB,
      { ...API, scope: 'wt1', number: 20_003 },
      { ...API, environment: 'staging', number: 20_004 },
      { ...API, environment: 'dev', port: 'metrics', number: 20_005 },
    ])
    const numbers = async (path: string): Promise<string> => {
      const { body } = await ask(path)
      return body?.endpoints.map(({ target }) => target.slice(-1)).join('') ?? ''
    }
    assert.equal(await numbers(''), '13452')
    assert.equal(await numbers('/shop/api'), '15')
    assert.equal(await numbers('/shop%2Fapi?port=metrics'), '5')
    assert.equal(await numbers('/API.shop'), '15')
    assert.equal(await numbers('/api.shop.wt1'), '3')
    assert.equal(await numbers('/shop/api?scope=wt1'), '3')
    assert.equal(await numbers('/shop/api?environment=staging'), '4')
    assert.equal(await numbers('/shop/nothing'), '')
  })

  it('are told page by page to who asks so, the same as at once', async (t) => {
    const { endpoints, ask } = await open(t)
    const one = { ...API, instance: 'one' }
    endpoints.set([API, one, WEB])
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { body } = await ask(`?limit=1${after}`)
      seen.push(...(body?.endpoints ?? []).map(({ service, target }) => `${service} ${target}`))
      cursor = body?.next
      // What is gone, and what has come before the place where it goes on, changes nothing.
      endpoints.set([{ ...API, service: 'a/first' }, one, WEB])
    } while (cursor !== undefined)
    assert.deepEqual(seen, [
      'shop/api 127.0.0.1:20001',
      'shop/api 127.0.0.1:20001',
      'shop/web 127.0.0.1:20002',
    ])
    assert.equal((await ask('?limit=0')).status, 400)
    assert.equal((await ask('')).body?.next, undefined)
  })

  it('say what is wrong with a question, and with who it is asked of', async (t) => {
    const { ask, url } = await open(t)
    const detail = async (path: string): Promise<string> => (await ask(path)).body?.detail ?? ''
    assert.match(await detail('?indx=1'), /there is no "indx"; there are port, .*index, wait/)
    assert.match(await detail('?index=-1'), /index is "-1"/)
    assert.match(await detail('?wait=soon'), /wait: a duration is/)
    assert.match(await detail('/%zz'), /name of a service/)
    assert.equal((await ask('x')).status, 404)
    const post = await fetch(url(''), { method: 'POST' })
    assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD'])
    const head = await fetch(url(''), { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
  })

  it('are for who means this machine, and Envoy, which means its cluster', async (t) => {
    const { server } = await open(t)
    const rebound = async (path: string, method: string, more: Record<string, string> = {}) => {
      const headers = { host: 'rebound.example', ...more }
      const place = { host: '127.0.0.1', port: server.port }
      const sent = requestOf({ ...place, path, method, headers })
      sent.end(method === 'POST' ? '{}' : undefined)
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      return response.resume().statusCode
    }
    assert.equal(await rebound('/v1/services', 'GET'), 400)
    assert.equal(await rebound('/v1/services', 'POST'), 400)
    assert.equal(await rebound('/v3/discovery:endpoints', 'GET'), 400)
    assert.equal(await rebound('/v3/discovery:endpoints', 'POST'), 200)
    const origin = 'http://rebound.example'
    assert.equal(await rebound('/v3/discovery:endpoints', 'POST', { origin }), 400)
  })

  it('are told within milliseconds to who waits, and only of what they asked for', async (t) => {
    const { endpoints, server, ask } = await open(t)
    endpoints.add(API)
    const { body, headers } = await ask('/shop/api')
    assert.equal(headers.get('x-rampart-index'), String(body?.index))
    const asked = ask(`/shop/api?index=${body?.index}&wait=30s`)
    await until('one waits', () => server.waiting === 1)
    endpoints.add(WEB)
    await new Promise(setImmediate)
    assert.equal(server.waiting, 1)
    const changedMs = performance.now()
    endpoints.remove(API)
    const answer = await asked
    assert.ok(performance.now() - changedMs < 500)
    assert.deepEqual(answer.body?.endpoints, [])
    assert.ok(Number(answer.body?.index) > Number(body?.index))
  })

  it('have an index that only this question moves, and that begins anew after a restart', async (t) => {
    const { endpoints, ask } = await open(t)
    endpoints.add(API)
    const first = await ask('/shop/api')
    endpoints.add(WEB)
    assert.equal((await ask('/shop/api')).body?.index, first.body?.index)
    for (const index of [0, 1, 999_999]) {
      const told = await ask(`/shop/api?index=${index}&wait=30s`)
      assert.equal(told.body?.index, first.body?.index, `index ${index} is answered at once`)
    }
    const late = await ask(`/shop/api?index=${first.body?.index}&wait=20ms`)
    assert.equal(late.body?.index, first.body?.index)
  })

  it('are not sent again to who has them', async (t) => {
    const { endpoints, ask } = await open(t)
    endpoints.add(API)
    const first = await ask('')
    const etag = first.headers.get('etag') ?? ''
    const again = await ask('', { 'if-none-match': etag })
    assert.deepEqual([again.status, again.body], [304, undefined])
    const waited = ask('?wait=30s', { 'if-none-match': etag })
    endpoints.add(WEB)
    assert.equal((await waited).body?.endpoints.length, 2)
  })

  it('refuse one more than may wait, and forget who has gone', async (t) => {
    const { endpoints, server, ask, url } = await open(t, { waitingMax: 1 })
    endpoints.add(API)
    const { body } = await ask('')
    const waits = requestOf(url(`?index=${body?.index}`)).end()
    waits.on('error', () => undefined)
    await until('one waits', () => server.waiting === 1)
    const busy = await ask(`?index=${body?.index}`)
    assert.deepEqual([busy.status, busy.headers.get('retry-after')], [503, '1'])
    assert.equal((await ask('', { accept: 'text/event-stream' })).status, 503)
    assert.equal((await ask('')).status, 200)
    waits.destroy()
    await until('nobody waits', () => server.waiting === 0)
  })

  it('come as a stream that goes on from what the reader has', async (t) => {
    const { endpoints, server, url } = await open(t)
    endpoints.add(API)
    const { request, next } = await stream(t, url('/shop/api'))
    const first = await next()
    assert.deepEqual(
      first.told.endpoints.map((one) => one.target),
      ['127.0.0.1:20001'],
    )
    endpoints.add(WEB)
    endpoints.remove(API)
    const second = await next()
    assert.deepEqual(second.told.endpoints, [])
    request.destroy()
    await until('nobody waits', () => server.waiting === 0)
    const resumed = await stream(t, url('/shop/api'), second.id)
    endpoints.add({ ...API, number: 20_009 })
    const third = await resumed.next()
    assert.equal(third.told.endpoints[0]?.target, '127.0.0.1:20009')
  })

  it('keep at most one answer for who reads slowly, and cut off who does not read', async (t) => {
    const clock = new SystemClock()
    const wakes: (() => void)[] = []
    const { endpoints, server } = await open(t, {
      clock: {
        nowMs: () => clock.nowMs(),
        wakeAt: (_, callback) => {
          wakes.push(callback)
          return { cancel: () => undefined }
        },
      },
    })
    const socket = connect(server.port, '127.0.0.1').pause()
    socket.on('error', () => undefined)
    socket.write(
      'GET /v1/services HTTP/1.1\r\nHost: a.localhost\r\nAccept: text/event-stream\r\n\r\n',
    )
    await until('one waits', () => server.waiting === 1)
    const many = Array.from({ length: 5_000 }, (_, number) => ({ ...API, number }))
    for (let round = 0; round < 16; round += 1) {
      endpoints.set(many.map((one) => ({ ...one, instance: String(round) })))
      await new Promise(setImmediate)
    }
    // Two beats of the heart without a byte taken.
    wakes.shift()?.()
    assert.equal(server.waiting, 1)
    wakes.shift()?.()
    await until('nobody waits', () => server.waiting === 0)
    socket.destroy()
  })
})
