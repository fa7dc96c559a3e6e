/** A daemon that tells of what runs, when it is asked to. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { openWorkspace, until } from '../../test/support/daemon.ts'
import { freePort } from '../../test/support/free-port.ts'
import { startRampart } from '../../test/support/rampart.ts'
import { placeOf } from '../server/client/daemon-place.ts'
import { parseDoors } from './daemon-discovery.ts'

const SERVE = `require('http').createServer((_, response) => response.end('served'))
  .listen(process.env.PORT, '127.0.0.1')`

test('what a command listens on is told of and reached by name', async (t) => {
  const workspace = openWorkspace(t)
  const [http, localhost] = [await freePort(), await freePort()]
  const running = startRampart(
    ['ports', 'run', '--service', 'shop/api', '--', process.execPath, '-e', SERVE],
    { cwd: workspace, env: { RAMPART_DISCOVERY: `http=${http},localhost=${localhost}` } },
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
  assert.deepEqual(parseDoors(' http=1, dns=0 envoy=2'), {
    http: { port: 1 },
    dns: { port: 0 },
    envoy: { port: 2 },
  })
  for (const text of ['http', 'web=1', 'http=', 'http=70000', 'http=1;dns=2']) {
    assert.throws(() => parseDoors(text), /no door and port; write for example RAMPART_DISCOVERY=/)
  }
})
