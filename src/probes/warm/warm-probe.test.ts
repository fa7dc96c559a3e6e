import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { JsonObject } from '../../../src/core/units/json.ts'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { makeCachingNginx } from '../../../test/support/caching-nginx.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import { WarmProbe } from './warm-probe.ts'

const probe = new WarmProbe()

interface Served {
  readonly url: string
  readonly port: number
  readonly server: Server
}

async function serve(test: TestContext, listener: RequestListener): Promise<Served> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, server }
}

function pages(url: string, count: number): string[] {
  return Array.from({ length: count }, (_, page) => `${url}/page/${page}`)
}

/** Answers for pages below `warm` as a cache that holds them does. */
function cacheOf(warm: number): RequestListener {
  return ({ url = '' }, response) => {
    const isWarm = Number(url.split('/').at(-1)) < warm
    response.writeHead(200, { 'x-cache': isWarm ? 'hit from edge' : 'miss' }).end('page')
  }
}

const HIT = { expectHeaders: { 'x-cache': '(?i)^hit' } }

describe('the warm probe', () => {
  it('finds a real cache refused, then cold, then warm', requireRealPart('nginx'), async (test) => {
    const behind = await serve(test, (_, response) => response.end('page'))
    const nginx = await makeCachingNginx(behind.port)
    test.after(() => nginx.remove())
    const input = { urls: pages(nginx.url, 5), least: '100%', ...HIT }
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet refused')
    nginx.start()
    const answers = await askUntilPassed(probe, () => askingOf(input), 5_000)
    const reasons = answers.map(({ reason }) => reason)
    assert.deepEqual([...new Set(reasons)].slice(-2), ['cold', 'warm'])
    const { shareBp, missCount } = answers.at(-1)?.evidence ?? {}
    assert.deepEqual([shareBp, missCount], [10_000, 0])
  })

  it('counts a share, and tells the first miss and how long answers took', async (test) => {
    const { url } = await serve(test, cacheOf(19))
    const input = { urls: pages(url, 20), ...HIT }
    const enough = await askOnce(probe, { ...input, least: '95%' })
    assert.equal(gist(enough), 'passed warm')
    assert.match(enough.sentence, /^19 of 20 URLs \(95%\) were warm within .*; 95% expected\.$/)
    const { shareBp, warmCount, latencyMsP50, latencyMsP95, misses } = enough.evidence
    assert.deepEqual([shareBp, warmCount], [9_500, 19])
    assert.ok(Number(latencyMsP50) <= Number(latencyMsP95) && Number(latencyMsP50) > 0)
    const [miss] = misses as JsonObject[]
    assert.deepEqual([miss?.['url'], miss?.['reason']], [`${url}/page/19`, 'wrong-header'])
    const few = await askOnce(probe, { ...input, least: '96%' })
    assert.equal(gist(few), 'failed notYet cold')
    assert.match(
      few.sentence,
      /96% expected\. First: GET .*\/page\/19 answered 200 with the wrong x-/,
    )
  })

  it('rounds a share down, so that nearly all is not all', async (test) => {
    const { url } = await serve(test, cacheOf(2))
    const answer = await askOnce(probe, { urls: pages(url, 3), least: '66.67%', ...HIT })
    assert.equal(gist(answer), 'failed notYet cold')
    assert.equal(answer.evidence['shareBp'], 6_666)
  })

  it('takes what answers too late for cold, and does not wait for what hangs', async (test) => {
    const { url } = await serve(test, ({ url: path }, response) => {
      if (path === '/page/0') return
      if (path === '/page/1') setTimeout(() => response.end(), 300)
      else response.end()
    })
    const input = { urls: pages(url, 4), within: 100, least: '75%', atOnce: 1 }
    const answer = await askOnce(probe, input)
    assert.equal(gist(answer), 'failed notYet cold')
    const misses = answer.evidence['misses'] as readonly JsonObject[]
    assert.deepEqual(
      misses.map(({ reason }) => reason),
      ['timed-out', 'slow'],
    )
    assert.equal(gist(await askOnce(probe, { ...input, least: '50%' })), 'passed warm')
  })

  it('asks no more at once than it may', async (test) => {
    let [now, most] = [0, 0]
    const { url } = await serve(test, (_, response) => {
      now += 1
      most = Math.max(most, now)
      setImmediate(() => {
        now -= 1
        response.writeHead(200, { 'x-cache': 'hit' }).end()
      })
    })
    await askOnce(probe, { urls: pages(url, 30), least: '100%', ...HIT, atOnce: 3 })
    assert.ok(most <= 3, `${most} at once`)
  })

  it('is terminal when too many will never be warm, else the reason that all have', async (test) => {
    const { url } = await serve(test, ({ url: path }, response) => {
      response.writeHead(path === '/page/0' ? 401 : 503, { 'x-cache': 'hit' }).end()
    })
    const urls = pages(url, 4)
    const all = await askOnce(probe, { urls, least: '100%', ...HIT })
    assert.equal(gist(all), 'failed terminal unauthorized')
    const most = await askOnce(probe, { urls, least: '75%', ...HIT })
    assert.equal(gist(most), 'failed notYet cold')
    const down = await askOnce(probe, { urls: urls.slice(1), least: '75%', ...HIT })
    assert.equal(gist(down), 'failed notYet wrong-status')
  })

  it('settles at once when aborted, leaves nothing open, and counts what it had', async (test) => {
    const { url, server } = await serve(test, ({ url: path }, response) => {
      if (path === '/page/0') response.writeHead(200, { 'x-cache': 'hit' }).end()
    })
    const input = { urls: pages(url, 100), least: '90%', ...HIT }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 150)
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.deepEqual([answer.evidence['warmCount'], answer.evidence['missCount']], [1, 99])
    assert.equal((answer.evidence['misses'] as unknown[]).length, 20)
    server.close()
    await once(server, 'close')
  })

  it('shows no password, neither in evidence nor in a mistake', async (test) => {
    const { url } = await serve(test, (_, response) => response.writeHead(500).end('tiger'))
    const urls = [`${url.replace('//', '//app:hunter2@')}/a?token=bear`]
    const answer = await askOnce(probe, {
      urls,
      least: '1%',
      within: 50,
      headers: { 'x-key': 'tiger' },
    })
    assert.doesNotMatch(JSON.stringify(answer), /hunter2|bear|tiger/)
    for (const [input, mistake] of [
      [{ urls: ['app:hunter2@a'], least: '1%', within: 1 }, /must be a URL/],
      [{ urls: [], least: '1%', within: 1 }, /at least one URL/],
      [{ urls, least: '1%' }, /what is warm/],
      [{ urls, least: '1', within: 1 }, /a share such as 95%/],
      [{ urls, least: '1%', within: 1, atOnce: 33 }, /from 1 to 32/],
    ] as const) {
      const refused = await askOnce(probe, input)
      assert.equal(gist(refused), 'errored terminal malformed-input')
      assert.match(refused.sentence, mistake)
      assert.doesNotMatch(refused.sentence, /hunter2/)
    }
  })
})
