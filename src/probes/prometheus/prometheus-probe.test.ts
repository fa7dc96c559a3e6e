import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { makePrometheus, type PrometheusServer } from '../../../test/support/prometheus.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { PrometheusProbe } from './prometheus-probe.ts'

const probe = new PrometheusProbe()

async function listen(onAsked: (response: ServerResponse) => void): Promise<Server> {
  const server = createServer((_request, response) => onAsked(response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

describe('the prometheus probe', requireRealPart('Prometheus'), () => {
  let server: PrometheusServer
  let target: Server
  let latency = '0.3'
  let startUp: readonly string[] = []
  const frozenAtMs = Date.now() - 60_000

  before(async () => {
    target = await listen((response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(
        `latency_seconds{route="/pay"} ${latency}\nlatency_seconds{route="/"} 0.1
idle_seconds NaN\nfrozen 1 ${frozenAtMs}\nbuild{url="http://a:hunter2@b/"} 1\n`,
      )
    })
    server = await makePrometheus(portOf(target))
    startUp = [gist(await ask('latency_seconds'))]
    server.start()
    const passes = await askUntil('latency_seconds', 'measured')
    startUp = [...startUp, ...passes.map(gist)]
  })

  after(async () => {
    await server.remove()
    target.closeAllConnections()
    target.close()
  })

  const ask = (query: string, more: JsonObject = {}): Promise<Answer> =>
    askOnce(probe, { url: server.url, query, maxAge: 30_000, ...more })

  async function askUntil(
    query: string,
    reason: string,
    more: JsonObject = {},
  ): Promise<readonly Answer[]> {
    const answers: Answer[] = []
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const answer = await ask(query, more)
      answers.push(answer)
      if (answer.reason === reason) return answers
      assert.ok(performance.now() < giveUpMs, `${reason} expected: ${answer.sentence}`)
      // Prometheus takes seconds to begin; asking without a pause would slow it down.
      await setTimeout(20)
    }
  }

  it('does not pass before something was measured', () => {
    assert.equal(startUp[0], 'errored notYet refused')
    assert.equal(startUp.at(-1), 'passed measured')
    for (const one of startUp.slice(1, -1)) {
      assert.match(one, /^(errored notYet (refused|reset|unavailable)|inconclusive notYet \w+)$/)
    }
  })

  it('compares every value with every bound, exactly', async () => {
    const { sentence, evidence } = await ask('latency_seconds', { atLeast: '0.1', below: '301ms' })
    assert.match(sentence, /says 2 values: .* \(latency_seconds, asked within/)
    assert.equal(evidence['seriesCount'], 2)
    assert.ok(Number(evidence['ageMs']) < 30_000)
    const above = await ask('latency_seconds', { atMost: '25%' })
    assert.equal(gist(above), 'failed notYet out-of-bounds')
    assert.match(above.sentence, /says 0\.3 of \{.*route="\/pay"\}; at most 25% expected/)
    assert.equal(
      gist(await ask('latency_seconds', { above: '0.1' })),
      'failed notYet out-of-bounds',
    )
    const one = await ask('max(latency_seconds) * 1', { below: '0.3' })
    assert.equal(gist(one), 'failed notYet out-of-bounds')
    assert.equal(one.evidence['value'], 0.3)
    assert.equal(
      gist(await ask('scalar(max(latency_seconds))', { atMost: 0.3 })),
      'passed measured',
    )
  })

  it('notices that a value has changed', async () => {
    latency = '0.9'
    const [answer] = (
      await askUntil('max(latency_seconds)', 'out-of-bounds', { below: 0.5 })
    ).slice(-1)
    assert.match(answer?.sentence ?? '', /says 0\.9; below 0\.5 expected/)
  })

  it('never passes on what is absent, not a number, or stale', async () => {
    assert.equal(gist(await ask('no_such_metric')), 'inconclusive notYet absent')
    assert.equal(gist(await ask('idle_seconds', { below: 1 })), 'inconclusive notYet not-a-number')
    const stale = await ask('sum(frozen) < 5')
    assert.equal(gist(stale), 'inconclusive notYet stale')
    assert.match(stale.sentence, /is \d{5,} ms old; at most 30000 ms expected/)
    assert.equal(gist(await ask('frozen', { maxAge: 3_600_000 })), 'passed measured')
    const half = await ask('latency_seconds or no_such_metric')
    assert.equal(gist(half), 'inconclusive notYet stale')
    assert.match(half.sentence, /in part absent/)
    assert.equal(gist(await ask('absent(errors)', { freshBy: 'up' })), 'passed measured')
    assert.equal(
      gist(await ask('absent(errors)', { freshBy: 'frozen' })),
      'inconclusive notYet stale',
    )
    assert.equal(gist(await ask('vector(1)', { above: 0 })), 'passed measured')
  })

  it('errs for ever when the query is none, or gives a range', async () => {
    const malformed = await ask('sum(')
    assert.equal(gist(malformed), 'errored terminal malformed-query')
    assert.match(malformed.sentence, /parse error/)
    assert.equal(gist(await ask('latency_seconds[1m]')), 'errored terminal incomparable')
    assert.equal(gist(await ask('"text"')), 'errored terminal incomparable')
    const many = await ask('latency_seconds + on() group_left() latency_seconds')
    assert.equal(gist(many), 'errored notYet query-failed', many.sentence)
  })

  it('shows no password, neither of its own nor of a label', async () => {
    const url = server.url.replace('//', '//app:swordfish@')
    const answer = await ask('build', { url })
    assert.equal(gist(answer), 'passed measured')
    assert.doesNotMatch(JSON.stringify(answer), /hunter2|swordfish/)
    const broken = await ask('build', { url, below: 0 })
    assert.doesNotMatch(JSON.stringify(broken), /hunter2|swordfish/)
  })

  it('says that samples are stale or absent once nothing is scraped any more', async () => {
    target.closeAllConnections()
    target.close()
    const answers = await askUntil('max(latency_seconds)', 'absent')
    for (const { reason } of answers) assert.match(reason, /^(measured|absent|stale)$/)
  })
})

describe('the prometheus probe, at what is not one', () => {
  async function answerTo(
    test: TestContext,
    status: number,
    body: string,
    more: JsonObject = {},
  ): Promise<Answer> {
    const server = await listen((response) => response.writeHead(status).end(body))
    test.after(() => server.close())
    return await askOnce(probe, { url: `http://127.0.0.1:${portOf(server)}`, query: 'up', ...more })
  }

  it('errs, and says whether asking again may help', async (test) => {
    for (const [status, body, expected] of [
      [503, 'Service Unavailable', 'errored notYet unavailable'],
      [401, '', 'errored terminal unauthorized'],
      [200, '<html>sign in</html>', 'errored notYet not-prometheus'],
      [302, '', 'errored notYet not-prometheus'],
      [200, '{"status":"success","data":{}}', 'errored terminal incomparable'],
    ] as const) {
      const answer = await answerTo(test, status, body)
      assert.equal(gist(answer), expected, answer.sentence)
    }
  })

  it('does not trust an answer that warns of being partial', async (test) => {
    const body = JSON.stringify({
      status: 'success',
      warnings: ['a store is gone'],
      data: { resultType: 'vector', result: [{ metric: {}, value: [1, '1'] }] },
    })
    const answer = await answerTo(test, 200, body)
    assert.equal(gist(answer), 'inconclusive notYet partial')
    assert.match(answer.sentence, /a store is gone/)
  })

  it('settles at once when aborted', async (test) => {
    const server = await listen(() => 'It never answers.')
    test.after(() => {
      server.closeAllConnections()
      server.close()
    })
    const input = { url: `http://127.0.0.1:${portOf(server)}`, query: 'up' }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 100)
    assert.equal(gist(answer), 'errored notYet timed-out')
    assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
  })

  it('errs when a template became no URL or no bound', async () => {
    for (const more of [{ url: 'app:hunter2@host' }, { below: 'much' }]) {
      const answer = await askOnce(probe, { url: 'http://localhost', query: 'up', ...more })
      assert.equal(gist(answer), 'errored terminal malformed-input')
      assert.doesNotMatch(answer.sentence, /hunter2/)
    }
  })
})
