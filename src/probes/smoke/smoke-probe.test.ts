import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import type { JsonObject } from '../../../src/core/units/json.ts'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { SmokeProbe } from './smoke-probe.ts'

const probe = new SmokeProbe()

interface Asked {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers by what the request is: `GET /orders/7`. */
type Handler = (asked: Asked, response: ServerResponse) => void

interface Shop {
  readonly url: string
  readonly server: Server
  readonly asked: Asked[]
}

async function openShop(test: TestContext, handler: Handler): Promise<Shop> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`
    const one = { line, headers: request.headers, body: await text(request) }
    asked.push(one)
    handler(one, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, asked }
}

function say(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}

/** A shop that takes an order and sends it after it was looked at so many times. */
function orders(looksUntilSent: number): Handler {
  let looks = 0
  return ({ line, body }, response) => {
    if (line === 'POST /orders') {
      response.setHeader('location', '/orders/o%2F7?of=shop')
      return say(response, 201, { order: { id: 'o/7', count: JSON.parse(body).count } })
    }
    if (line === 'GET /orders/o%2F7') {
      looks += 1
      const status = looks >= looksUntilSent ? 'sent' : 'placed'
      return say(response, 200, { order: { status } })
    }
    if (line === 'DELETE /orders/o%2F7') return void response.writeHead(204).end()
    say(response, 404, { message: 'no such place' })
  }
}

function journeyOf(url: string): JsonObject[] {
  return [
    {
      name: 'order',
      method: 'POST',
      url: `${url}/orders`,
      status: [201],
      send: { count: 3, note: 'by {run}' },
      capture: { orderId: { from: 'json.order.id' }, count: { from: 'json.order.count' } },
    },
    {
      name: 'is sent',
      url: `${url}/orders/{orderId}`,
      expectJson: { 'order.status': '^sent$' },
      within: 5_000,
    },
  ]
}

function stepsOf(evidence: JsonObject): readonly JsonObject[] {
  return evidence['steps'] as readonly JsonObject[]
}

describe('the smoke probe', () => {
  it('walks a journey, carrying what it captured, and waits for what takes time', async (test) => {
    const { url, asked } = await openShop(test, orders(3))
    const answer = await askOnce(probe, { steps: journeyOf(url) })
    assert.equal(gist(answer), 'passed green')
    assert.match(answer.sentence, /^The journey of 2 steps was good once within \d+ ms\.$/)
    const [order, sent] = stepsOf(answer.evidence)
    assert.deepEqual([order?.['status'], order?.['tries']], [201, 1])
    assert.deepEqual([sent?.['status'], sent?.['tries']], [200, 3])
    assert.equal(typeof sent?.['latencyMs'], 'number')
    assert.equal(answer.evidence['flakeCount'], 0)
    assert.match(asked[0]?.body ?? '', /"note":"by [0-9a-f-]{36}"/)
    assert.equal(asked[0]?.headers['content-type'], 'application/json')
  })

  it('says not yet while the shop starts, naming the first step that fails', async (test) => {
    let isReady = false
    const ready = orders(1)
    const { url } = await openShop(test, (asked, response) => {
      if (isReady) return ready(asked, response)
      isReady = asked.line.startsWith('GET')
      if (isReady) return say(response, 503, { message: 'not loaded' })
      ready(asked, response)
    })
    const steps = journeyOf(url).map(({ within, ...step }) => step as JsonObject)
    const answers = await askUntilPassed(probe, () => askingOf({ steps }), 5_000)
    assert.deepEqual(answers.map(gist), ['failed notYet wrong-status', 'passed green'])
    const [failed] = answers
    assert.match(
      failed?.sentence ?? '',
      /^Step 2 of 2 \(is sent\) of run 1: GET http:.* answered 503 after .*; 2xx expected\.$/,
    )
    assert.equal(failed?.evidence['failedStep'], 'is sent')
    assert.equal(failed?.evidence['said'], '{"message":"not loaded"}')
    assert.equal(stepsOf(failed?.evidence ?? {})[1]?.['reason'], 'wrong-status')
  })

  it('asks for good runs in a row, each with values of its own', async (test) => {
    let number = 0
    const { url, asked } = await openShop(test, ({ line }, response) => {
      number += line === 'POST /orders' ? 1 : 0
      say(response, 200, { id: number })
    })
    const steps = [
      { name: 'order', method: 'POST', url: `${url}/orders`, capture: { id: { from: 'json.id' } } },
      { name: 'read', url: `${url}/orders/{id}`, expectJson: { id: '^\\d$' } },
    ]
    const answer = await askOnce(probe, { steps, times: 3 })
    assert.equal(gist(answer), 'passed green')
    assert.match(answer.sentence, /was good 3 times in a row/)
    const read = asked.filter(({ line }) => line.startsWith('GET')).map(({ line }) => line)
    assert.deepEqual(read, ['GET /orders/1', 'GET /orders/2', 'GET /orders/3'])
    assert.deepEqual([answer.evidence['greenInRow'], answer.evidence['runCount']], [3, 3])
  })

  it('never hides a flake: a failed run shows, and the count starts anew', async (test) => {
    let asked = 0
    const { url } = await openShop(test, (_, response) => {
      asked += 1
      response.writeHead(asked === 2 ? 500 : 200).end()
    })
    const steps = [{ name: 'home', url }]
    const answer = await askOnce(probe, { steps, times: 2, retries: 1 })
    assert.equal(gist(answer), 'passed green-after-flake')
    assert.match(answer.sentence, /good 2 times in a row within .*, after 1 failed run\.$/)
    const { flakes, flakeCount, runCount, greenInRow } = answer.evidence
    assert.deepEqual([flakeCount, runCount, greenInRow], [1, 4, 2])
    const [flake] = flakes as JsonObject[]
    assert.deepEqual(
      [flake?.['run'], flake?.['step'], flake?.['reason']],
      [2, 'home', 'wrong-status'],
    )
  })

  it('fails at the first failed run unless retries were allowed, and when they are used up', async (test) => {
    const { url, asked } = await openShop(test, (_, response) => response.writeHead(500).end())
    const steps = [{ name: 'home', url }]
    assert.equal(gist(await askOnce(probe, { steps, times: 2 })), 'failed notYet wrong-status')
    assert.equal(asked.length, 1)
    const answer = await askOnce(probe, { steps, retries: 2 })
    assert.match(answer.sentence, /^Step 1 of 1 \(home\) of run 3, after 2 failed runs: GET/)
    assert.equal(answer.evidence['flakeCount'], 2)
    assert.equal(asked.length, 4)
  })

  it('captures from JSON, headers and bodies, and fails when nothing is there', async (test) => {
    const { url, asked } = await openShop(test, orders(1))
    const captures = [
      [{ from: 'json.order.id' }, '/at/o%2F7'],
      [{ from: 'json.order.count' }, '/at/3'],
      [{ from: 'header.Location' }, '/at/%2Forders%2Fo%252F7%3Fof%3Dshop'],
      [{ from: 'header.location', pattern: '[?]of=(\\w+)' }, '/at/shop'],
      [{ from: 'body', pattern: '"c\\w+"' }, '/at/%22count%22'],
      [{ from: 'json.order' }, undefined],
      [{ from: 'json.id' }, undefined],
      [{ from: 'header.etag' }, undefined],
      [{ from: 'body', pattern: 'id=(.*)' }, undefined],
    ] as const
    for (const [value, expected] of captures) {
      const [order] = journeyOf(url)
      const read = { name: 'read', url: `${url}/at/{value}`, status: [404] }
      const answer = await askOnce(probe, { steps: [{ ...order, capture: { value } }, read] })
      if (expected === undefined) {
        assert.equal(gist(answer), 'failed notYet not-captured', JSON.stringify(value))
        assert.match(answer.sentence, /answered 201 after .*, without value: nothing at /)
      } else {
        assert.equal(gist(answer), 'passed green', answer.sentence)
        assert.equal(asked.at(-1)?.line, `GET ${expected}`)
      }
    }
  })

  it('sends texts as they are and documents as JSON, in which a number stays one', async (test) => {
    const { url, asked } = await openShop(test, orders(1))
    const [order] = journeyOf(url)
    const again = { name: 'again', method: 'PUT', url: `${url}/x`, status: [404] }
    const steps = [
      order as JsonObject,
      { ...again, send: { n: '{count}', text: 'n={count}', other: '{other}', list: ['{count}'] } },
      { ...again, name: 'text', send: 'n={count}&{x}', headers: { 'content-type': 'text/plain' } },
    ]
    assert.equal(gist(await askOnce(probe, { steps })), 'passed green')
    const [, json, plain] = asked
    assert.deepEqual(JSON.parse(json?.body ?? ''), {
      n: 3,
      text: 'n=3',
      other: '{other}',
      list: [3],
    })
    assert.deepEqual([plain?.body, plain?.headers['content-type']], ['n=3&{x}', 'text/plain'])
  })

  it('cleans up after a good run and after a failed one, as far as it can', async (test) => {
    const { url, asked } = await openShop(test, orders(1))
    const cleanup = [{ name: 'cancel', method: 'DELETE', url: `${url}/orders/{orderId}` }]
    const steps = journeyOf(url)
    const good = await askOnce(probe, { steps, cleanup })
    assert.equal(gist(good), 'passed green')
    assert.equal(asked.at(-1)?.line, 'DELETE /orders/o%2F7')
    const bad = { name: 'broken', url: `${url}/nowhere` }
    const failed = await askOnce(probe, { steps: [...steps, bad], cleanup })
    assert.equal(failed.evidence['failedStep'], 'broken')
    assert.equal(asked.at(-1)?.line, 'DELETE /orders/o%2F7')
    const early = await askOnce(probe, { steps: [bad, ...steps], cleanup })
    assert.equal(early.evidence['cleanup'], undefined)
    assert.equal(asked.at(-1)?.line, 'GET /nowhere')
    const dirty = await askOnce(probe, { steps, cleanup: [{ name: 'cancel', url: `${url}/x` }] })
    assert.match(dirty.sentence, /^Cleanup \(cancel\) of run 1: GET http:.* answered 404/)
  })

  it('ends at the deadline of a step that stays wrong, telling its last answer', async (test) => {
    const { url } = await openShop(test, orders(1_000_000))
    const [order, sent] = journeyOf(url)
    const steps = [order as JsonObject, { ...sent, within: 200 }]
    const answer = await askOnce(probe, { steps })
    assert.equal(gist(answer), 'failed notYet wrong-json')
    assert.match(
      answer.sentence,
      /^Step 2 of 2 \(is sent\) of run 1 \(\d+ tries in \d+ ms\): .* with "placed" at order.status/,
    )
  })

  it('is terminal for what no other run can better, and only then', async (test) => {
    const { url } = await openShop(test, ({ line }, response) => {
      if (line === 'GET /login') return say(response, 200, { token: 'tiger-hunter2' })
      say(response, 401, {})
    })
    const refused = { name: 'orders', url: `${url}/orders` }
    const twice = { steps: [refused], retries: 5 }
    const answer = await askOnce(probe, twice)
    assert.equal(gist(answer), 'failed terminal unauthorized')
    assert.equal(answer.evidence['runCount'], 1)
    const login = { name: 'login', url: `${url}/login`, capture: { token: { from: 'json.token' } } }
    const signedIn = { ...refused, headers: { authorization: 'Bearer {token}' } }
    const later = await askOnce(probe, { steps: [login, signedIn] })
    assert.equal(gist(later), 'failed notYet unauthorized')
  })

  it('settles at once when aborted, at a silent server and between tries', async (test) => {
    const silent = await openShop(test, () => undefined)
    const waiting = await openShop(test, orders(1_000_000))
    for (const { url, server } of [silent, waiting]) {
      const { settleMs, answer } = await settleMsAfterAbort(
        probe,
        { steps: journeyOf(url), times: 2, retries: 3 },
        100,
      )
      assert.equal(answer.verdict, 'failed')
      assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
      server.close()
      await once(server, 'close')
    }
  })

  it('says not yet for a refused port', async (test) => {
    const { url, server } = await openShop(test, () => undefined)
    server.close()
    await once(server, 'close')
    const answer = await askOnce(probe, { steps: journeyOf(url).slice(0, 1) })
    assert.equal(gist(answer), 'failed notYet refused')
    assert.match(answer.sentence, /^Step 1 of 1 \(order\) of run 1: POST /)
  })

  it('shows neither what it sends in secret nor what it captured', async (test) => {
    const { url } = await openShop(test, ({ line, body, headers }, response) => {
      if (line === 'POST /login') return say(response, 200, { token: 'lion/42 roars' })
      say(response, 500, { echo: `${body} ${headers.authorization} ${line}` })
    })
    const login = {
      name: 'login',
      method: 'POST',
      url: url.replace('//', '//app:hunter2@').concat('/login'),
      send: { user: 'app', password: 'tiger' },
      capture: { token: { from: 'json.token' } },
    }
    const use = {
      name: 'use',
      method: 'POST',
      url: `${url}/use/{token}?key=bear`,
      headers: { authorization: 'Bearer {token}' },
      send: { inner: [{ secret: 'wolf' }] },
    }
    const answer = await askOnce(probe, { steps: [login, use], retries: 1 })
    assert.equal(gist(answer), 'failed notYet wrong-status')
    assert.match(String(answer.evidence['said']), /\*\*\*/)
    assert.doesNotMatch(JSON.stringify(answer), /hunter2|tiger|lion|bear|wolf/)
  })

  it('errs when the journey makes no sense once its templates are resolved', async () => {
    const url = 'http://127.0.0.1:1/'
    for (const [input, mistake] of [
      [{ steps: [] }, /at least one step/],
      [{ steps: [{ name: 'a', url: 'app:hunter2@b' }] }, /^[^:]*: a: `url` must be a URL/],
      [{ steps: [{ name: 'a', url: `${url}{b}` }] }, /a: no step before it captures {b}/],
      [{ steps: [{ name: 'a', url: 'http://{run}/' }] }, /must not leave the host/],
      [{ steps: [{ name: 'a', url, capture: { b: { from: 'cookie' } } }] }, /json\.<path>/],
      [{ steps: [{ name: 'a', url }], times: 0 }, /`times` must be at least 1/],
    ] as const) {
      const answer = await askOnce(probe, input)
      assert.equal(gist(answer), 'errored terminal malformed-input')
      assert.match(answer.sentence, mistake)
      assert.doesNotMatch(answer.sentence, /hunter2/)
    }
  })
})
