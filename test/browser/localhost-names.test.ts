/** A real browser finds services by names below localhost: pages, events and sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { WebSocketServer } from 'ws'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { EndpointTable } from '../../src/edge/discovery/endpoint-table.ts'
import { LocalhostProxy } from '../../src/edge/discovery/localhost/localhost-proxy.ts'
import type { Endpoint } from '../../src/seams/endpoints.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser } from './browser.ts'

const PAGE = `<!doctype html><title>shop</title><pre></pre><script>
const say = (text) => { document.querySelector('pre').textContent += text + ';' }
new EventSource('/events').onmessage = ({ data }) => say('event ' + data)
const socket = new WebSocket('ws://' + location.host + '/socket')
socket.onopen = () => socket.send('ping')
socket.onmessage = ({ data }) => say('socket ' + data)
fetch('http://api.shop.localhost:' + location.port + '/').then((answer) => answer.text()).then(say)
</script>`

async function serve(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** The page of a shop, with events and sockets. */
function makeWeb(): Server {
  const web = createServer(({ url }, response) => {
    if (url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n')
    } else response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
  })
  const sockets = new WebSocketServer({ server: web })
  sockets.on('connection', (socket) => socket.on('message', () => socket.send('pong')))
  return web
}

test(
  'a page of one service speaks to itself and to another by name',
  requireRealPart('Chromium'),
  async (t) => {
    const api = createServer(({ headers }, response) => {
      const headersBack = { 'access-control-allow-origin': headers.origin ?? '' }
      response.writeHead(200, headersBack).end(`api for ${headers.origin}`)
    })
    const endpoint = { port: 'http', protocol: 'tcp', address: '127.0.0.1' } as const
    const all: readonly Endpoint[] = [
      { ...endpoint, service: 'shop/api', number: await serve(t, api) },
      { ...endpoint, service: 'shop/web', number: await serve(t, makeWeb()) },
    ]
    const endpoints = new EndpointTable()
    endpoints.set(all)
    const proxy = await LocalhostProxy.open({ endpoints, clock: new SystemClock() })
    t.after(() => proxy.close())
    const browser = await openBrowser()
    t.after(() => browser.close())
    const page = await browser.newPage()
    const origin = `http://web.shop.localhost:${proxy.port}`
    await page.goto(origin)
    const told = page.locator('pre')
    for (const text of ['event one', 'socket pong', `api for ${origin}`]) {
      await told.getByText(text).waitFor({ timeout: 10_000 })
    }
    await page.goto(`http://localhost:${proxy.port}`)
    await page.getByRole('link', { name: 'api.shop.localhost' }).click()
    await page.getByText('api for').waitFor()
    const lost = await page.goto(`http://wen.shop.localhost:${proxy.port}`)
    assert.equal(lost?.status(), 404)
    await page.getByText('Perhaps you mean web.shop.localhost.').waitFor()
  },
)
