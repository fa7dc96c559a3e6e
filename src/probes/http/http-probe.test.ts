import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { HttpProbe } from './http-probe.ts'

const probe = new HttpProbe()

interface Served {
  readonly url: string
  readonly port: number
  readonly server: Server
}

async function serve(
  test: TestContext,
  listener: RequestListener,
  host = '127.0.0.1',
): Promise<Served> {
  const server = createServer(listener)
  server.listen(0, host)
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/ready`, port, server }
}

async function connectionsOf(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  server.getConnections((_error, count) => resolve(count))
  return await promise
}

describe('the http probe', () => {
  it('says not yet while the server answers 503, and passes once it answers 200', async (test) => {
    let requests = 0
    const { url } = await serve(test, (_request, response) => {
      requests += 1
      response.writeHead(requests < 4 ? 503 : 200).end('hello')
    })
    const answers = await askUntilPassed(probe, () => askingOf({ url, status: [200] }), 5_000)
    assert.deepEqual(answers.map(gist), [
      ...Array(3).fill('failed notYet wrong-status'),
      'passed answered',
    ])
    assert.match(
      answers[0]?.sentence ?? '',
      /^GET http:.*\/ready answered 503 after [\d.]+ ms; 200 e/,
    )
    assert.equal(answers.at(-1)?.evidence['text'], 'hello')
  })

  it('finds localhost on either family, and says which answered', async (test) => {
    for (const [host, family] of [
      ['127.0.0.1', 'ipv4'],
      ['::1', 'ipv6'],
    ] as const) {
      const { port } = await serve(test, (_request, response) => response.end(), host)
      const answer = await askOnce(probe, { url: `http://localhost:${port}/` })
      assert.equal(gist(answer), 'passed answered')
      assert.equal(answer.evidence['family'], family)
    }
  })

  it('says not yet for a refused port and for an unknown name', async (test) => {
    const { server, url } = await serve(test, (_request, response) => response.end())
    server.close()
    await once(server, 'close')
    assert.equal(gist(await askOnce(probe, { url })), 'failed notYet refused')
    const unknown = await askOnce(probe, { url: 'http://nowhere.invalid/' })
    assert.match(gist(unknown), /^failed notYet (unknown-host|dns-unavailable)$/)
  })

  it('gives the JSON body to the condition, so that a dead dependency is seen', async (test) => {
    const { url } = await serve(test, (_request, response) => {
      response.setHeader('content-type', 'application/health+json; charset=utf-8')
      response.end('{"db":"down","id":9007199254740993}')
    })
    const answer = await askOnce(probe, { url })
    assert.deepEqual(answer.evidence['json'], { db: 'down', id: '9007199254740993' })
    const matched = await askOnce(probe, { url, body: '"db": *"ok"' })
    assert.equal(gist(matched), 'failed notYet wrong-body')
  })

  it('refuses a body that is not JSON where JSON was promised', async (test) => {
    const { url } = await serve(test, (_request, response) => response.end('<html>'))
    assert.equal(gist(await askOnce(probe, { url })), 'passed answered')
    assert.equal(gist(await askOnce(probe, { url, json: true })), 'failed notYet not-json')
  })

  it('judges values of the JSON by their path', async (test) => {
    const { url } = await serve(test, (_request, response) => {
      response.end('{"order":{"status":"paid","lines":[{"count":2}]},"late":null}')
    })
    const cases = [
      [{ 'order.status': '^paid$' }, 'passed answered'],
      [{ 'order.lines.0.count': '^2$', late: '^null$' }, 'passed answered'],
      [{ 'order.status': '^sent$' }, 'failed notYet wrong-json'],
      [{ 'order.lines': '.' }, 'failed notYet wrong-json'],
      [{ 'order.nothing.at': '.' }, 'failed notYet wrong-json'],
      [{ constructor: '.' }, 'failed notYet wrong-json'],
    ] as const
    for (const [expectJson, expected] of cases) {
      const answer = await askOnce(probe, { url, expectJson })
      assert.equal(gist(answer), expected, answer.sentence)
    }
    const missing = await askOnce(probe, { url, expectJson: { 'order.id': '.' } })
    assert.match(
      missing.sentence,
      /answered 200 with no value at order.id after .*; \/.\/ expected/,
    )
  })

  it('judges statuses by number and by class', async (test) => {
    const { url } = await serve(test, (request, response) => {
      response.writeHead(Number(request.headers['x-status'])).end()
    })
    const cases = [
      ['204', ['2xx'], 'passed answered'],
      ['404', ['2xx', 404], 'passed answered'],
      ['404', ['2xx'], 'failed notYet wrong-status'],
      ['403', ['2xx'], 'failed notYet wrong-status'],
      ['429', [200], 'failed notYet wrong-status'],
      ['401', ['2xx'], 'failed terminal unauthorized'],
      ['503', [503], 'passed answered'],
    ] as const
    for (const [found, status, expected] of cases) {
      const answer = await askOnce(probe, { url, status, headers: { 'X-Status': found } })
      assert.equal(gist(answer), expected, `${found} for ${status}`)
    }
  })

  it('does not follow a redirect unless asked, and never takes headers elsewhere', async (test) => {
    const seen: unknown[] = []
    const { url: end } = await serve(test, (request, response) => {
      seen.push(request.headers['authorization'])
      response.end('there')
    })
    const { url } = await serve(test, (_request, response) => {
      response.writeHead(302, { location: `${end}?token=hunter2` }).end()
    })
    const input = { url, headers: { authorization: 'Bearer tiger' } }
    const kept = await askOnce(probe, input)
    assert.equal(gist(kept), 'failed notYet redirected')
    assert.match(kept.sentence, /answered 302 to http:.*\/ready\?… after/)
    const followed = await askOnce(probe, { ...input, followRedirects: 1 })
    assert.equal(gist(followed), 'passed answered')
    assert.deepEqual(seen, [undefined])
    assert.doesNotMatch(JSON.stringify([kept, followed]), /hunter2|tiger/)
    assert.equal(gist(await askOnce(probe, { ...input, status: [302] })), 'passed answered')
  })

  it('stops following a redirect that leads in a circle', async (test) => {
    const { url } = await serve(test, (_request, response) => {
      response.writeHead(307, { location: '/ready' }).end()
    })
    const answer = await askOnce(probe, { url, followRedirects: 3 })
    assert.equal(gist(answer), 'failed notYet redirected')
    assert.equal((answer.evidence['redirects'] as unknown[]).length, 3)
  })

  it('reads no more of a body than its limit', async (test) => {
    let written = 0
    const { url } = await serve(test, (_request, response) => {
      const chunk = Buffer.alloc(65_536, 'x')
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length
      }
      response.on('drain', pour)
      pour()
    })
    const answer = await askOnce(probe, { url, bodyLimit: 100_000 })
    assert.equal(gist(answer), 'failed notYet body-too-large')
    assert.ok(written < 50_000_000, `${written} bytes were poured`)
  })

  it('ends a slow drip at the signal, telling how far it got', async (test) => {
    const { url, server } = await serve(test, (_request, response) => {
      response.write('drip')
      const timer = setInterval(() => response.write('drip'), 10)
      response.once('close', () => clearInterval(timer))
    })
    const { settleMs, answer } = await settleMsAfterAbort(probe, { url }, 150)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.match(answer.sentence, /answered 200, but only \d+ bytes of its body within \d+ ms/)
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
    server.close()
    await once(server, 'close')
  })

  it('settles at once when the server never answers, and leaves nothing open', async (test) => {
    const { url, server } = await serve(test, () => undefined)
    const { settleMs, answer } = await settleMsAfterAbort(probe, { url }, 50)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
    server.close()
    await once(server, 'close')
    assert.equal(await connectionsOf(server), 0)
  })

  it('leaves no connection behind after an answer, so a restart cannot be mistaken', async (test) => {
    const { url, server, port } = await serve(test, (_request, response) => response.end('old'))
    await askOnce(probe, { url })
    server.close()
    await once(server, 'close')
    const next = createServer((_request, response) => response.end('new'))
    next.listen(port, '127.0.0.1')
    await once(next, 'listening')
    test.after(() => next.close())
    const answer = await askOnce(probe, { url })
    assert.equal(answer.evidence['text'], 'new')
  })

  it('says not yet when the connection is cut or does not speak HTTP', async (test) => {
    for (const [said, expected] of [
      ['', 'failed notYet reset'],
      ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf', 'failed notYet reset'],
      ['SSH-2.0-OpenSSH\r\n', 'failed notYet not-http'],
    ] as const) {
      const server = createTcpServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => socket.end(said))
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      test.after(() => server.close())
      const { port } = server.address() as AddressInfo
      const answer = await askOnce(probe, { url: `http://127.0.0.1:${port}/` })
      assert.equal(gist(answer), expected, `${JSON.stringify(said)}: ${answer.sentence}`)
    }
  })

  it('judges headers, and never shows a cookie', async (test) => {
    const { url } = await serve(test, (_request, response) => {
      response.setHeader('x-build', 'abc123')
      response.setHeader('set-cookie', ['session=hunter2', 'b=c'])
      response.end()
    })
    const good = await askOnce(probe, { url, expectHeaders: { 'X-Build': '^abc' } })
    assert.equal(gist(good), 'passed answered')
    assert.equal((good.evidence['headers'] as Record<string, string>)['x-build'], 'abc123')
    const bad = await askOnce(probe, { url, expectHeaders: { 'x-build': '^def' } })
    assert.equal(gist(bad), 'failed notYet wrong-header')
    const cookie = await askOnce(probe, { url, expectHeaders: { 'set-cookie': 'session' } })
    assert.equal(gist(cookie), 'passed answered')
    assert.doesNotMatch(JSON.stringify(cookie), /hunter2/)
  })

  it('signs in with the user of the URL, and shows neither it nor what is sent', async (test) => {
    const { port } = await serve(test, (request, response) => {
      response.end(`got ${request.headers['authorization']} and ${request.headers['x-api-key']}`)
    })
    const url = `http://app:hunter2@127.0.0.1:${port}/a?key=tiger`
    const answer = await askOnce(probe, { url, headers: { 'x-api-key': 'lion42' } })
    assert.match(String(answer.evidence['text']), /^got \*\*\* and \*\*\*$/)
    assert.doesNotMatch(JSON.stringify(answer), /hunter2|tiger|lion42/)
  })

  it('errs when a template became no URL, without showing it', async () => {
    const answer = await askOnce(probe, { url: 'app:hunter2@host' })
    assert.equal(gist(answer), 'errored terminal malformed-input')
    assert.doesNotMatch(answer.sentence, /hunter2/)
  })
})
