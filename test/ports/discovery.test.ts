/** Every way of discovery in front of a real broker, with processes that really listen and die. */
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { test } from 'node:test'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { printNginxUpstreams } from '../../src/edge/discovery/export/print-nginx.ts'
import { Discovery } from '../../src/edge/discovery/server/open-discovery.ts'
import { PortKernel } from '../../src/ports/kernel/port-kernel.ts'
import { SystemRandom } from '../../src/random/system-random.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import { until } from '../support/until.ts'
import { granted, Listener, makePortBench, wish } from './workbench.ts'

/** From the instant in which a lease is ready, or is not any more. @unit ms */
const TOLD_WITHIN_MS = 250

test('who listens is told of everywhere at once, and who dies is told of no more', async (t) => {
  const bench = makePortBench(t)
  const broker = await bench.open()
  const root = mkdtempSync(join(tmpdir(), 'rampart-discovery-'))
  const discovery = await Discovery.open({
    broker,
    clock: new SystemClock(),
    random: new SystemRandom(),
    onTrouble: (error) => assert.fail(String(error)),
    doors: {
      ...{ http: {}, dns: {}, envoy: {}, localhost: { waitMs: 50 } },
      blocks: [{ root, path: '.env' }],
      files: [{ root, path: 'upstreams', print: (all) => printNginxUpstreams(all) }],
    },
  })
  t.after(async () => {
    await discovery.close()
    rmSync(root, { recursive: true })
  })
  const ask = async (index = 0) => {
    const url = `http://127.0.0.1:${discovery.http?.port}/v1/services/shop/api?index=${index}&wait=60s`
    const told = (await (await fetch(url)).json()) as {
      readonly index: number
      readonly endpoints: readonly { readonly target: string }[]
    }
    return { ...told, atMs: performance.now() }
  }
  const nobody = await ask()
  assert.deepEqual(nobody.endpoints, [])

  const [lease] = granted(await broker.claim([wish('shop/api')]))
  assert.ok(lease !== undefined)
  const { port } = lease.claim
  const server = new Listener(t)
  const identity = new PortKernel(new LinuxKernel()).identify(server.pid)
  await broker.assign(lease.id, identity ?? assert.fail('it lives'))
  // Held, then assigned: nothing of that is told of.
  assert.deepEqual((await ask()).endpoints, [])
  const changes: number[] = []
  const stop = broker.onChanged(() => changes.push(performance.now()))
  t.after(stop)
  const asked = ask(nobody.index)
  assert.equal(await server.listen(port), 'listening')
  const ready = await asked
  assert.deepEqual(
    ready.endpoints.map(({ target }) => target),
    [`127.0.0.1:${port}`],
    'it does not listen on the other address that was leased',
  )
  assert.ok(ready.atMs - (changes.at(-1) ?? 0) < TOLD_WITHIN_MS)
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${discovery.dns?.port}`])
  const [record] = await resolver.resolveSrv('_http._tcp.api.shop.ports.test')
  assert.equal(record?.port, port)
  const written = (name: string): string => {
    return existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : ''
  }
  await until('the block has it', () => written('.env').includes(`SHOP_API_HTTP_PORT=${port}\n`))
  await until('the file has it', () => written('upstreams').includes(`127.0.0.1:${port};`))
  assert.equal(typeof discovery.envoy?.port, 'number')
  const nothing = await fetch(`http://127.0.0.1:${discovery.localhost?.port}/`)
  assert.equal(nothing.status, 421)

  const left = ask(ready.index)
  await server.kill()
  const gone = await left
  assert.deepEqual(gone.endpoints, [])
  assert.ok(gone.atMs - (changes.at(-1) ?? 0) < TOLD_WITHIN_MS)
  await assert.rejects(resolver.resolveSrv('_http._tcp.api.shop.ports.test'), /ENOTFOUND|ENODATA/)
  await until('the block has it no more', () => !written('.env').includes('SHOP_API'))
  assert.deepEqual(bench.troubles, [])
})

test('a door that cannot be opened closes those that were', async (t) => {
  const broker = await makePortBench(t).open()
  const parts = {
    broker,
    clock: new SystemClock(),
    random: new SystemRandom(),
    onTrouble: (error: unknown) => assert.fail(String(error)),
  }
  const first = await Discovery.open({ ...parts, doors: { envoy: {} } })
  t.after(() => first.close())
  const port = first.envoy?.port ?? 0
  const other = await Discovery.open({ ...parts, doors: { http: {} } })
  const free = other.http?.port ?? 0
  await other.close()
  const both = Discovery.open({ ...parts, doors: { http: { port: free }, envoy: { port } } })
  await assert.rejects(both, /EADDRINUSE/)
  const left = connect(free, '127.0.0.1')
  const outcome = await new Promise((resolve) => {
    left.once('error', ({ message }) => resolve(message))
    left.once('connect', () => resolve('somebody listens'))
  })
  assert.match(String(outcome), /ECONNREFUSED/)
})
