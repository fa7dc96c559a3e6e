/** A daemon that tells of what runs, when it is asked to. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openWorkspace, until } from '../../test/support/daemon.ts'
import { freePort } from '../../test/support/free-port.ts'
import { startRampart } from '../../test/support/rampart.ts'
import { placeOf } from '../server/client/daemon-place.ts'
import { parseDoors } from './discovery-doors.ts'

const SERVE = `require('http').createServer((_, response) => response.end('served'))
  .listen(process.env.PORT, '127.0.0.1')`

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
  running.child.kill('SIGTERM')
  await running.finished
  assert.match(await ask(), /"endpoints":\[\]/)
  const { logFile } = placeOf(workspace)
  assert.ok(existsSync(logFile))
  assert.match(readFileSync(logFile, 'utf8'), /Discovery is open: http=/)
})

test('doors are named with their ports, or it is said how', () => {
  const { blocks, files, ...servers } = parseDoors(
    ' http=1, dns=0 envoy=2 sh=a.sh env=.env nginx=x.conf haproxy-map=y',
    '/shop',
  )
  assert.deepEqual(servers, { http: { port: 1 }, dns: { port: 0 }, envoy: { port: 2 } })
  assert.deepEqual(blocks, [
    { root: '/shop', path: 'a.sh', style: 'sh' },
    { root: '/shop', path: '.env', style: 'dotenv' },
  ])
  assert.deepEqual(
    files?.map(({ path }) => path),
    ['x.conf', 'y'],
  )
  for (const text of ['http', 'web=1', 'http=', 'http=70000', 'http=1;dns=2', 'toString=1']) {
    assert.throws(() => parseDoors(text, '/'), /names no door; there are http=PORT, .*env=FILE/)
  }
})
