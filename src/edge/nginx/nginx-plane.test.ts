/** A real nginx that is reloaded: who gets requests, who is waited for, what is refused. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { get, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { scratchFolder, serveBackend } from '../../../test/handover/backends.ts'
import { startNginx } from '../../../test/handover/nginx.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import { until } from '../../../test/support/until.ts'
import { readServers, writeServers } from './servers-file.ts'

const FRONT = 'shop/api/http'

async function ask(url: string): Promise<string> {
  const [response] = await once(get(url, { agent: false }), 'response')
  return response.statusCode === 200 ? await text(response) : String(response.statusCode)
}

test(
  'requests go where they are routed, and old workers are waited for',
  requireRealPart('nginx'),
  async (context) => {
    const folder = scratchFolder(context)
    const { plane, url, servers, log, pid } = await startNginx(context, folder, FRONT)
    assert.equal(await ask(url), '502')
    const held: ServerResponse[] = []
    const slow = await serveBackend(context, 'slow', (_, response) => held.push(response))
    const next = await serveBackend(context, 'next')
    await plane.route(FRONT, slow)
    const asked = ask(url)
    await until('it is asked', () => held.length === 1)
    assert.equal(await plane.inFlight(FRONT, slow), undefined)
    await plane.route(FRONT, next)
    await plane.drain(FRONT, slow)
    await plane.drain(FRONT, slow)
    for (let count = 0; count < 5; count += 1) assert.equal(await ask(url), 'next')
    assert.equal(await plane.inFlight(FRONT, slow), 1)
    held[0]?.end('late')
    assert.equal(await asked, 'late')
    await until('the old workers are gone', async () => (await plane.inFlight(FRONT, slow)) === 0)
    await plane.remove(FRONT, slow)
    assert.deepEqual(await plane.backends(FRONT), [{ ...next, state: 'routed' }])
    assert.deepEqual(log, [])

    // What does not end in time is cut off, and that is said.
    await plane.route(FRONT, slow)
    await plane.drain(FRONT, next)
    await plane.remove(FRONT, next)
    const cut = assert.rejects(ask(url), /socket hang up|ECONNRESET/)
    await until('it is asked again', () => held.length === 2)
    await plane.route(FRONT, next)
    await plane.drain(FRONT, slow)
    await plane.remove(FRONT, slow)
    await cut
    assert.match(log.join(), /1 old workers of nginx were cut off/)

    // What nginx refuses is taken back before it is loaded.
    const config = join(folder, 'nginx.conf')
    const good = readFileSync(config, 'utf8')
    writeFileSync(config, good.replace('worker_connections', 'worker_conections'))
    const before = readFileSync(servers, 'utf8')
    await assert.rejects(plane.route(FRONT, slow), /unknown directive "worker_conections"/)
    assert.equal(readFileSync(servers, 'utf8'), before)
    writeFileSync(config, good)
    await assert.rejects(plane.route(FRONT, { ...slow, port: 99_999 }), /is not a name/)
    assert.equal(await ask(url), 'next')
    process.kill(pid, 'SIGTERM')
    await until('it is gone', () =>
      plane.route(FRONT, slow).then(
        () => false,
        (error) => /does not run/.test(String(error)),
      ),
    )
    // What nobody has loaded is not there, however often it is asked for.
    await assert.rejects(plane.route(FRONT, slow), /does not run/)
    assert.deepEqual(await plane.backends(FRONT), [{ ...next, state: 'routed' }])
  },
)

test('what is written into the file is read back, and an empty one still loads', (context) => {
  const file = join(scratchFolder(context), 'servers')
  assert.deepEqual(readServers(file), [])
  const servers = [
    { id: 'a', address: '127.0.0.1', port: 80, state: 'routed' },
    { id: 'b:2', address: '::1', port: 81, state: 'draining' },
  ] as const
  writeServers(file, servers)
  assert.deepEqual(readServers(file), servers)
  writeServers(file, [])
  assert.match(readFileSync(file, 'utf8'), /^server 127.0.0.1:9 down; # none$/m)
  assert.deepEqual(readServers(file), [])
})
