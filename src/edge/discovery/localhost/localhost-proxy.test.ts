/** The proxy of names below localhost before real servers, spoken to over real connections. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request as requestOf, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { freePort } from '../../../../test/support/free-port.ts'
import { SystemClock } from '../../../clock/system-clock.ts'
import { EndpointTable } from '../endpoint-table.ts'
import { API } from '../fixtures/api-endpoint.ts'
import { LocalNames } from './find-port.ts'
import { LocalhostProxy, type LocalhostProxyOptions } from './localhost-proxy.ts'

interface Answer {
  readonly status: number | undefined
  readonly text: string
  readonly headers: IncomingMessage['headers']
}

async function open(t: TestContext, more: Partial<LocalhostProxyOptions> = {}) {
  const endpoints = new EndpointTable()
  const expected = new EndpointTable()
  const clock = new SystemClock()
  const proxy = await LocalhostProxy.open({ endpoints, expected, clock, waitMs: 5_000, ...more })
  t.after(() => proxy.close())
  const begin = (host: string, headers: Record<string, string> = {}) => {
    const request = requestOf({ port: proxy.port, headers: { host, ...headers } }).end()
    request.on('error', () => undefined)
    t.after(() => request.destroy())
    return request
  }
  const ask = async (host: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const [response] = (await once(begin(host, headers), 'response')) as [IncomingMessage]
    const pieces: Buffer[] = []
    for await (const piece of response) pieces.push(piece)
    const { statusCode: status } = response
    return { status, text: Buffer.concat(pieces).toString(), headers: response.headers }
  }
  return { endpoints, expected, proxy, begin, ask }
}

async function serve(t: TestContext, server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen({ port: 0, host, ipv6Only: host === '::1' })
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A server that says its name and the host that it was called by. */
function saying(name: string): Server {
  return createServer((request, response) => response.end(`${name} ${request.headers.host}`))
}

describe('names below localhost', () => {
  it('mean a service by its usual port, or a port of it by name', () => {
    const names = new LocalNames([
      API,
      { ...API, port: 'metrics' },
      { service: 'shop/db', port: 'pg' },
      { service: 'mail', port: 'smtp' },
      { service: 'mail', port: 'Web UI' },
      { ...API, scope: 'wt1' },
      { service: 'metrics.api/shop', port: 'x' },
    ])
    const meaning = (name: string): string => {
      const found = names.find(name)
      if (found.verdict === 'port') return `${found.served.service} ${found.served.port}`
      return found.verdict === 'several' ? found.names.join(', ') : found.verdict
    }
    assert.equal(meaning('api.shop'), 'shop/api http')
    assert.equal(meaning('metrics.api.shop'), 'shop/api metrics')
    assert.equal(meaning('api.shop.wt1'), 'shop/api http')
    assert.equal(meaning('db.shop'), 'shop/db pg')
    assert.equal(meaning('mail'), 'smtp.mail, web-ui.mail')
    assert.equal(meaning('web-ui.mail'), 'mail Web UI')
    assert.equal(meaning('shop'), 'unknown')
    assert.equal(meaning('nothing.api.shop'), 'unknown')
    assert.equal(meaning('.api.shop'), 'unknown')
  })

  it('lead to who is ready, with the host that was asked for', async (t) => {
    const { endpoints, ask, proxy } = await open(t)
    const [one, other] = [await serve(t, saying('one')), await serve(t, saying('other'))]
    endpoints.set([{ ...API, number: one }])
    const host = `API.shop.localhost:${proxy.port}`
    const first = await ask(host)
    assert.deepEqual([first.status, first.text], [200, `one ${host}`])
    endpoints.set([{ ...API, number: other }])
    assert.equal((await ask('api.shop.localhost.')).text, 'other api.shop.localhost.')
    assert.equal((await ask('http.api.shop.localhost')).text, 'other http.api.shop.localhost')
  })

  it('say where it is of a port whose clients have to speak TLS', async (t) => {
    const { endpoints, ask } = await open(t)
    endpoints.set([{ ...API, tls: true }])
    const { status, text } = await ask('api.shop.localhost')
    assert.equal(status, 421)
    assert.match(text, /^Ask for https:\/\/127\.0\.0\.1:20001\/ /m)
  })

  it('lead to a server on either loopback address', async (t) => {
    const { endpoints, ask } = await open(t)
    const number = await serve(t, saying('v6'), '::1')
    endpoints.set([
      { ...API, number },
      { ...API, number, address: '::1' },
    ])
    for (let times = 0; times < 3; times += 1) {
      assert.match((await ask('api.shop.localhost')).text, /^v6 /)
    }
  })

  it('wait for who is expected or was just there, and tell when nobody comes', async (t) => {
    const { endpoints, expected, ask } = await open(t)
    expected.set([API])
    const asked = ask('api.shop.localhost')
    const number = await serve(t, saying('late'))
    endpoints.set([{ ...API, number }])
    assert.match((await asked).text, /^late /)
    expected.set([])
    endpoints.set([])
    const again = ask('api.shop.localhost')
    endpoints.set([{ ...API, number }])
    assert.match((await again).text, /^late /)
    const short = await open(t, { waitMs: 20 })
    short.expected.set([API])
    const nobody = await short.ask('api.shop.localhost')
    assert.equal(nobody.status, 503)
    assert.match(nobody.text, /Nobody who serves api\.shop\.localhost was ready within 0\.02 s/)
    assert.equal(nobody.headers['retry-after'], '1')
  })

  it('that nobody has get a page with the nearest, and the list of all', async (t) => {
    const { endpoints, ask, proxy } = await open(t)
    endpoints.set([
      API,
      { ...API, service: 'mail', port: 'smtp' },
      { ...API, port: 'dns', protocol: 'udp' },
    ])
    const text = await ask('apj.shop.localhost:80')
    assert.equal(text.status, 404)
    assert.match(
      text.text,
      /^Nobody here is called apj\.shop\.localhost\.\nPerhaps you mean api\.shop/,
    )
    const html = await ask(`localhost:${proxy.port}`, { accept: 'text/html' })
    assert.equal(html.status, 200)
    assert.match(html.text, new RegExp(`href="http://mail\\.localhost:${proxy.port}/"`))
    const evil = await ask('<script>.localhost', { accept: 'text/html' })
    assert.doesNotMatch(evil.text, /<script>/)
    endpoints.add({ ...API, service: 'mail', port: 'imap' })
    assert.match((await ask('mail.localhost')).text, /several ports.*\n.*imap\.mail\.localhost\//)
  })

  it('are the only ones that are answered', async (t) => {
    const { endpoints, ask, proxy } = await open(t)
    endpoints.set([{ ...API, number: await serve(t, saying('secret')) }])
    const foreign = [
      '127.0.0.1',
      '[::1]',
      'rebound.example',
      'api.shop.localhost.example',
      'a@b.localhost',
    ]
    for (const host of foreign) {
      assert.equal((await ask(host)).status, 421, host)
    }
    const socket = connect(proxy.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: api.shop.localhost\r\nHost: evil.example\r\n\r\n')
    const [answer] = await once(socket, 'data')
    assert.match(String(answer), /^HTTP\/1\.1 4(00|21)/)
    socket.destroy()
  })

  it('carry WebSockets, which stay when their server drains', async (t) => {
    const { endpoints, proxy } = await open(t)
    const server = createServer()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(String(text))))
    endpoints.set([{ ...API, service: 'chat', number: await serve(t, server) }])
    const headers = { host: 'chat.localhost' }
    const client = new WebSocket(`ws://127.0.0.1:${proxy.port}/`, { headers })
    await once(client, 'open')
    endpoints.set([])
    client.send('there and back')
    assert.equal(String((await once(client, 'message'))[0]), 'there and back')
    client.close()
    await once(client, 'close')
    const lost = new WebSocket(`ws://127.0.0.1:${proxy.port}/`, {
      headers: { host: 'x.localhost' },
    })
    const [error] = (await once(lost, 'error')) as [Error]
    assert.match(error.message, /404/)
  })

  it('carry server-sent events as they come', async (t) => {
    const { endpoints, begin } = await open(t)
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    })
    endpoints.set([{ ...API, number: await serve(t, server) }])
    const seen = once(server, 'request')
    const request = begin('api.shop.localhost', { accept: 'text/event-stream' })
    const opened = once(request, 'response')
    const [, out] = await seen
    // It is open before there is any event.
    const [response] = (await opened) as [IncomingMessage]
    out.write('data: 1\n\n')
    assert.equal(String((await once(response, 'data'))[0]), 'data: 1\n\n')
    const left = once(out, 'close')
    request.destroy()
    await left
  })

  it('have one port on both addresses, and say when it is taken', async (t) => {
    const port = await freePort()
    const { proxy } = await open(t, { port })
    assert.equal(proxy.port, port)
    const options = { endpoints: new EndpointTable(), clock: new SystemClock(), port }
    await assert.rejects(LocalhostProxy.open(options), /EADDRINUSE/)
  })
})
