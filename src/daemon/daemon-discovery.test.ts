/** A daemon that tells of what runs, when it is asked to. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { request } from 'undici'
import { makePortBench } from '../../test/ports/workbench.ts'
import { openWorkspace } from '../../test/support/daemon.ts'
import { freePort } from '../../test/support/free-port.ts'
import { startRampart } from '../../test/support/rampart.ts'
import { until } from '../../test/support/until.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { SystemRandom } from '../random/system-random.ts'
import { placeOf } from '../server/client/daemon-place.ts'
import { openDaemonDiscovery } from './daemon-discovery.ts'
import { parseDoors } from './discovery-doors.ts'

const SERVE = `require('http').createServer((_, response) => response.end('served'))
  .listen(process.env.PORT, '127.0.0.1')`

const CONNECT = `apiVersion: rampart/v1
kind: Ports
metadata: { name: own }
spec:
  ranges: { own: { ports: 24710-24719, for: { service: nobody } } }
  connect: [{ from: shop/web, to: shop/api }]
`

test('what a command listens on is told of and reached by name', async (t) => {
  const workspace = openWorkspace(t)
  const [http, localhost] = [await freePort(), await freePort()]
  const running = startRampart(
    ['ports', 'run', '--service', 'shop/api', '--', process.execPath, '-e', SERVE],
    { cwd: workspace, env: { RAMPART_DISCOVERY: `http=${http},localhost=${localhost} env=.env` } },
  )
  t.after(() => running.child.kill('SIGKILL'))
  const ask = async (): Promise<string> => {
    try {
      return await (await fetch(`http://127.0.0.1:${http}/v1/services/shop/api`)).text()
    } catch {
      // The daemon is starting.
      return ''
    }
  }
  await until('it is told of', async () => (await ask()).includes('"service":"shop/api"'), 20_000)
  const written = (): string => {
    return existsSync(join(workspace, '.env')) ? readFileSync(join(workspace, '.env'), 'utf8') : ''
  }
  await until('it is written', () => /^SHOP_API_HTTP_URL=http/m.test(written()))
  const page = await fetch(`http://127.0.0.1:${localhost}/`)
  assert.equal(page.status, 421)
  const byName = async (): Promise<number> => {
    const headers = { host: `api.shop.localhost:${localhost}` }
    const { statusCode, body } = await request(`http://127.0.0.1:${localhost}/`, { headers })
    await body.dump()
    return statusCode
  }
  assert.equal(await byName(), 200)
  writeFileSync(join(workspace, 'rampart.yaml'), CONNECT)
  const { exitCode, stderr } = await startRampart(['up'], { cwd: workspace }).finished
  assert.equal(exitCode, 0, stderr)
  assert.equal(await byName(), 403, 'by the daemon, which fronts let in, comes nobody else')
  running.child.kill('SIGTERM')
  await running.finished
  assert.match(await ask(), /"endpoints":\[\]/)
  const { logFile } = placeOf(workspace)
  assert.ok(existsSync(logFile))
  assert.match(readFileSync(logFile, 'utf8'), /Discovery is open: http=/)
})

test('a door that somebody else has is named, and no other is open', async (t) => {
  const bench = makePortBench(t)
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.after(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const told: unknown[] = []
  const opened = await openDaemonDiscovery({
    leasing: { broker: await bench.open(), mayConnect: () => ({ allowed: true }) },
    clock: new SystemClock(),
    random: new SystemRandom(),
    settings: { RAMPART_DISCOVERY: `env=.env http=${port}` },
    workspace: bench.folder,
    log: () => undefined,
    onTrouble: (error) => told.push(error),
  })
  assert.equal(opened, undefined)
  assert.match(String(told), new RegExp(`rampart ports explain ${port}.*None of env=.env http=`))
  assert.ok(!existsSync(join(bench.folder, '.env')))
})

test('doors are named with their ports, or it is said how', () => {
  const { blocks, files, ...servers } = parseDoors(
    ' http=1, dns=0 envoy=2 sh=a.sh env=.env nginx=x.conf haproxy-map=y haproxy-slots=z haproxy-state=s',
    '/shop',
  )
  assert.deepEqual(servers, { http: { port: 1 }, dns: { port: 0 }, envoy: { port: 2 } })
  assert.deepEqual(blocks, [
    { root: '/shop', path: 'a.sh', style: 'sh' },
    { root: '/shop', path: '.env', style: 'dotenv' },
  ])
  const apart = parseDoors('env=.env', '/shop', { scope: 'wt1' }).blocks
  assert.deepEqual(apart, [{ scope: 'wt1', root: '/shop', path: '.env', style: 'dotenv' }])
  const printed = files?.map(({ path, print }) => [path, print([], {}).split('\n')[0]])
  const written = '# Written by Rampart; changes in here are lost.'
  assert.deepEqual(printed, [
    ['x.conf', written],
    ['y', ''],
    ['z', written],
    ['s', '1'],
  ])
  for (const text of ['http', 'web=1', 'http=', 'http=70000', 'http=1;dns=2', 'toString=1']) {
    assert.throws(() => parseDoors(text, '/'), /names no door; there are http=PORT, .*env=FILE/)
  }
})
