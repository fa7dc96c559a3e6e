/** Services found by a real discovery, by variables, and while discovery is away. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from '../../test/support/free-port.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { isFault } from '../core/fault/fault.ts'
import { EndpointTable } from '../edge/discovery/endpoint-table.ts'
import { DiscoveryServer } from '../edge/discovery/server/discovery-server.ts'
import type { Endpoint } from '../seams/endpoints.ts'
import { type DiscoveredService, type DiscoverOptions, discover } from './discover.ts'

const API: Endpoint = {
  service: 'shop/api',
  port: 'http',
  protocol: 'tcp',
  address: '127.0.0.1',
  number: 20_001,
}

async function open(t: TestContext, endpoints: EndpointTable, port = 0): Promise<DiscoveryServer> {
  const server = await DiscoveryServer.open({
    endpoints,
    clock: new SystemClock(),
    random: { integer: () => 0 },
    onTrouble: (error) => assert.fail(String(error)),
    port,
  })
  t.after(() => server.close())
  return server
}

function find(t: TestContext, options: DiscoverOptions, service = 'shop/api'): DiscoveredService {
  const found = discover(service, { variables: {}, ...options })
  t.after(() => found.close())
  return found
}

/** Resolves with the next change. */
function changed(service: DiscoveredService): Promise<void> {
  return new Promise((resolve) => {
    const stop = service.onChanged(() => {
      stop()
      resolve()
    })
  })
}

function targets(service: DiscoveredService): readonly string[] {
  return service.list().map(({ target }) => target)
}

test('a service is found when it is ready, and followed', async (t) => {
  const endpoints = new EndpointTable()
  const { port } = await open(t, endpoints)
  const api = find(t, { from: `http://127.0.0.1:${port}` })
  const ready = api.ready()
  endpoints.add(API)
  assert.deepEqual(await ready, {
    address: '127.0.0.1',
    port: 20_001,
    target: '127.0.0.1:20001',
    url: 'http://127.0.0.1:20001',
  })
  assert.deepEqual(api.state, { source: 'discovery' })
  const more = changed(api)
  endpoints.add({ ...API, address: '::1', instance: 'b' })
  await more
  assert.deepEqual(targets(api), ['127.0.0.1:20001', '[::1]:20001'])
  assert.notEqual(api.next()?.target, api.next()?.target)
  const none = changed(api)
  endpoints.set([])
  await none
  assert.deepEqual([api.list(), api.next()], [[], undefined])
})

test('what a listener throws is told as its own, and the others are called', async (t) => {
  const endpoints = new EndpointTable()
  const { port } = await open(t, endpoints)
  const api = find(t, { from: `http://127.0.0.1:${port}` })
  const told = new Promise<unknown>((resolve) => {
    process.setUncaughtExceptionCaptureCallback(resolve)
  })
  t.after(() => process.setUncaughtExceptionCaptureCallback(null))
  api.onChanged(() => {
    throw new RangeError('a bug of the service')
  })
  const other = changed(api)
  endpoints.add(API)
  await other
  assert.match(String(await told), /a bug of the service/)
  assert.deepEqual(api.state, { source: 'discovery' })
})

test('a service of a worktree is another one', async (t) => {
  const endpoints = new EndpointTable()
  endpoints.set([API, { ...API, scope: 'wt1', port: 'metrics', number: 7 }])
  const from = `http://127.0.0.1:${(await open(t, endpoints)).port}/`
  const found = await find(t, { from, scope: 'wt1', port: 'metrics' }).ready()
  assert.deepEqual([found.port, found.url], [7, undefined])
  const nobody = find(t, { from, scope: 'wt2' })
  await assert.rejects(nobody.ready(50), (thrown) => isFault(thrown, 'service-unknown'))
})

test('what was found stays while discovery is away, and is followed when it is back', async (t) => {
  const endpoints = new EndpointTable()
  endpoints.add(API)
  const port = await freePort()
  const first = await open(t, endpoints, port)
  const api = find(t, { from: `http://127.0.0.1:${port}` })
  await api.ready()
  await first.close()
  const later = changed(api)
  endpoints.set([{ ...API, number: 20_002 }])
  assert.deepEqual(targets(api), ['127.0.0.1:20001'])
  const second = new EndpointTable()
  second.set([{ ...API, number: 20_003 }])
  await open(t, second, port)
  await later
  assert.deepEqual(targets(api), ['127.0.0.1:20003'])
})

test('variables count until discovery has answered, and it goes before them', async (t) => {
  const variables = { SHOP_API_HTTP_HOST: '::1', SHOP_API_HTTP_PORT: '4000' }
  const alone = find(t, { variables })
  assert.deepEqual((await alone.ready()).url, 'http://[::1]:4000')
  assert.deepEqual(alone.state, { source: 'variables' })
  const port = await freePort()
  const RAMPART_DISCOVERY_URL = `http://127.0.0.1:${port}`
  const both = find(t, { variables: { ...variables, RAMPART_DISCOVERY_URL } })
  assert.deepEqual(targets(both), ['[::1]:4000'])
  const told = changed(both)
  await open(t, new EndpointTable(), port)
  await told
  assert.deepEqual(targets(both), [])
})

test('whoever is not found is a fault that says why', async (t) => {
  await assert.rejects(find(t, {}).ready(1), /Nobody was ready within 0\.001 s; set RAMPART_DISC/)
  const from = `http://127.0.0.1:${await freePort()}`
  const silent = find(t, { from })
  await assert.rejects(silent.ready(300), /discovery does not answer: .*ECONNREFUSED/)
  const variables = { SHOP_API_HTTP_PORT: 'https' }
  assert.throws(() => discover('shop/api', { variables }), /SHOP_API_HTTP_PORT=https is not a port/)
})

test('an answer of somebody else is not taken for one', async (t) => {
  const server = createServer((request, response) => {
    response.end(request.url?.includes('/v1/services/a?') === true ? '<html>' : '{"endpoints":[1]}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await assert.rejects(find(t, { from }, 'a').ready(300), /no answer of discovery: <html>/)
  await assert.rejects(find(t, { from }, 'b').ready(300), /no answer of discovery: {"endp/)
})

test('a process that only follows a service ends', async (t) => {
  const { port } = await open(t, new EndpointTable())
  const module = join(import.meta.dirname, 'discover.ts')
  const script = `import { discover } from ${JSON.stringify(module)}
    const api = discover('shop/api', { from: 'http://127.0.0.1:${port}' })
    await api.ready(200).catch(() => console.log(api.state.source))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script],
    { timeout: 20_000 },
  )
  assert.equal(stdout, 'discovery\n')
})
