/** A real Envoy that watches a file: who gets requests, who is waited for, and what is refused. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { scratchFolder, serveBackend } from '../../../test/handover/backends.ts'
import { guideCluster, startEnvoyFront } from '../../../test/handover/envoy.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import { until } from '../../../test/support/until.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { Json } from '../../core/units/json.ts'
import { objectionToCluster } from './check-cluster.ts'
import { objectionToFile, readEndpoints, writeEndpoints } from './endpoints-file.ts'
import { EnvoyPlane } from './envoy-plane.ts'

const FRONT = 'shop/api/http'
const HEALTH_CHECK = {
  ...{ timeout: '1s', interval: '1s', unhealthy_threshold: 1, healthy_threshold: 1 },
  tcp_health_check: {},
}
const envoy = { ...requireRealPart('Envoy'), timeout: 60_000 }

async function ask(port: number): Promise<string> {
  const sent = request({ host: '127.0.0.1', port, agent: false }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const said = await text(response)
  return response.statusCode === 200 ? said : String(response.statusCode)
}

test('requests go where they are routed, and what is under way is seen', envoy, async (context) => {
  const folder = scratchFolder(context)
  const others = join(folder, 'others.json')
  writeFileSync(others, '{"resources": []}')
  const started = await startEnvoyFront(context, folder, (clusters) => [
    ...clusters,
    ...Object.entries(WRONG).map(([name, [words]]) => ({
      ...guideCluster(others),
      ...words,
      name,
    })),
  ])
  const { admin, path, port, stat, stop, start } = started
  const file = { cluster: 'api', path }
  const clock = new SystemClock()
  const plane = new EnvoyPlane({ admin, files: { [FRONT]: file }, clock })
  assert.equal(objectionToFile(file), undefined)
  assert.equal(await objectionToCluster(admin, file), undefined)
  assert.deepEqual(await plane.backends(FRONT), [])
  assert.equal(await ask(port), '503')

  const held: ServerResponse[] = []
  const slow = await serveBackend(context, '1-1', (_, response) => held.push(response))
  const next = await serveBackend(context, '2-1')
  await plane.route(FRONT, slow)
  await plane.route(FRONT, slow)
  const asked = ask(port)
  await until('it is asked', () => held.length === 1)
  assert.equal(await plane.inFlight(FRONT, slow), 1)
  await plane.route(FRONT, next)
  await plane.drain(FRONT, slow)
  await plane.drain(FRONT, slow)
  for (let count = 0; count < 20; count += 1) assert.equal(await ask(port), '2-1')
  assert.deepEqual(await plane.backends(FRONT), [
    { ...slow, state: 'draining' },
    { ...next, state: 'routed' },
  ])
  assert.equal(await plane.inFlight(FRONT, slow), 1)

  // What is under way at one that is removed ends as it would have.
  await plane.remove(FRONT, slow)
  await plane.remove(FRONT, slow)
  assert.deepEqual(await plane.backends(FRONT), [{ ...next, state: 'routed' }])
  assert.equal(await plane.inFlight(FRONT, slow), 0)
  held[0]?.end('late')
  assert.equal(await asked, 'late')

  // The only one that is there gets nothing when it drains.
  await plane.drain(FRONT, next)
  assert.equal(await ask(port), '503')
  await plane.route(FRONT, next)
  assert.equal(await ask(port), '2-1')

  // What Envoy cannot take up is never written, and what it has not taken up is taken back.
  await assert.rejects(plane.route(FRONT, { ...slow, port: 99_999 }), /is not a name/)
  const before = readFileSync(path, 'utf8')
  await stop()
  await assert.rejects(plane.route(FRONT, slow), /Envoy cannot be asked anything: .*ECONNREFUSED/)
  assert.equal(readFileSync(path, 'utf8'), before)

  // It remembers by its file, and so does another daemon.
  await start()
  assert.equal(await ask(port), '2-1')
  const other = new EnvoyPlane({ admin, files: { [FRONT]: file }, clock })
  assert.deepEqual(await other.backends(FRONT), [{ ...next, state: 'routed' }])
  // Its port may be another start's once it is gone.
  await other.route(FRONT, { ...next, id: '3-1' })
  assert.deepEqual(await other.backends(FRONT), [{ ...next, id: '3-1', state: 'routed' }])
  assert.equal(await stat('cluster.api.update_rejected'), 0)
  assert.equal(await stat('cluster.api.update_failure'), 0)

  await assert.rejects(other.backends('shop/web/http'), /no cluster was named/)
  const nobody = { cluster: 'none', path }
  const lost = new EnvoyPlane({ admin, files: { [FRONT]: nobody }, clock })
  await assert.rejects(lost.backends(FRONT), /it has no such cluster/)
  assert.match((await objectionToCluster(admin, nobody)) ?? '', /it has no cluster none/)
  const elsewhere = await objectionToCluster(admin, { cluster: 'api', path: '/etc/other.json' })
  for (const [name, [, objection]] of Object.entries(WRONG)) {
    const said = await objectionToCluster(admin, { cluster: name, path: others })
    assert.match(said ?? '', objection, name)
  }
  assert.match(elsewhere ?? '', /takes its endpoints from .*api\.json; write `type: EDS with path_/)
})

/** By name, what is written otherwise than the guide has it, and what is said of that. */
const WRONG: Readonly<Record<string, readonly [Readonly<Record<string, Json>>, RegExp]>> = {
  static: [{ type: 'STATIC', eds_cluster_config: null }, /takes its endpoints from no file/],
  panics: [{ common_lb_config: { update_merge_window: '0s' } }, /healthy_panic_threshold/],
  gathers: [{ common_lb_config: { healthy_panic_threshold: {} } }, /update_merge_window: 0s/],
  cuts: [{ close_connections_on_host_health_failure: true }, /cuts off what is under way/],
  keeps: [{ health_checks: [HEALTH_CHECK] }, /ignore_health_on_host_removal: true/],
  fine: [{ health_checks: [HEALTH_CHECK], ignore_health_on_host_removal: true }, /^$/],
}

test('what is written into the file is read back, and what is not ours is left alone', (context) => {
  const path = join(scratchFolder(context), 'api.json')
  const file = { cluster: 'api', path }
  assert.match(objectionToFile(file) ?? '', /there is no .*; begin it with \{"resources": \[\]\}/)
  assert.deepEqual(readEndpoints(file), [])
  const backends = [
    { id: '1-1', address: '127.0.0.1', port: 80, state: 'routed' },
    { id: '2-1', address: '::1', port: 81, state: 'draining' },
  ] as const
  writeEndpoints(file, backends)
  assert.deepEqual(readEndpoints(file), backends)
  assert.equal(objectionToFile(file), undefined)
  writeEndpoints(file, [])
  assert.deepEqual(readEndpoints(file), [])
  for (const other of ['static_resources: {}', '{}', '[1]', '{"resources": [{"name": "api"}]}']) {
    writeFileSync(path, other)
    assert.match(objectionToFile(file) ?? '', /is no list of endpoints; name a file/, other)
    assert.deepEqual(readEndpoints(file), [])
  }
  writeEndpoints({ cluster: 'web', path }, [])
  assert.match(objectionToFile(file) ?? '', /has the endpoints of web; name a file/)
})
