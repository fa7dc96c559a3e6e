/** Five hand-overs in a row under load, by each data plane: nothing is lost, refused or done twice. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DescriptorPlane } from '../../src/edge/descriptor/descriptor-plane.ts'
import { Forwarder } from '../../src/edge/forwarder/forwarder.ts'
import { HaproxyPlane } from '../../src/edge/haproxy/haproxy-plane.ts'
import { openSystemSockets } from '../../src/ports/keeper/system-sockets.ts'
import type { Backend, DataPlane } from '../../src/seams/data-plane.ts'
import { freePort } from '../support/free-port.ts'
import { requireRealPart } from '../support/require-part.ts'
import {
  type Load,
  type LoadReport,
  type Service,
  scratch,
  startLoad,
  startService,
  stopService,
} from './support.ts'

const FRONT = 'shop/api/http'
const HANDOVERS = 5
const wrk = requireRealPart('wrk')
const haproxy = requireRealPart('HAProxy')

interface Edge {
  readonly plane: DataPlane
  readonly port: number
  /** Whether it sees requests, so that nothing is in flight before the old owner is asked to end. */
  readonly seesRequests: boolean
}

async function forwarder(context: TestContext, mode: 'tcp' | 'http'): Promise<Edge> {
  const plane = new Forwarder()
  const port = await freePort()
  await plane.open({ name: FRONT, mode, addresses: ['127.0.0.1'], port })
  context.after(() => plane.close(FRONT))
  return { plane, port, seesRequests: mode === 'http' }
}

async function haproxyEdge(context: TestContext, folder: string): Promise<Edge> {
  const port = await freePort()
  const socketPath = join(folder, 'haproxy.sock')
  const file = join(folder, 'haproxy.cfg')
  const lines = [
    `global\n  stats socket ${socketPath} mode 600 level admin\n  maxconn 2000`,
    'defaults\n  mode http\n  timeout connect 2s\n  timeout client 30s\n  timeout server 30s',
    `frontend front\n  bind 127.0.0.1:${port}\n  default_backend api`,
    'backend api\n  balance leastconn\n',
  ]
  writeFileSync(file, lines.join('\n'))
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'inherit' })
  context.after(() => child.kill('SIGKILL'))
  const plane = new HaproxyPlane({ socketPath, backendNames: { [FRONT]: 'api' } })
  await until(() =>
    plane.backends(FRONT).then(
      () => true,
      () => false,
    ),
  )
  return { plane, port, seesRequests: true }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + 20_000
  while (!(await holds())) {
    assert.ok(performance.now() < untilMs, 'it comes in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function rollFiveTimes(context: TestContext, folder: string, edge: Edge, load: Load) {
  const { plane, seesRequests } = edge
  let old = await backendOf(1, await startService(context, folder))
  await plane.route(FRONT, old.backend)
  await load.pass(50)
  for (let round = 0; round < HANDOVERS; round += 1) {
    const next = await backendOf(round + 2, await startService(context, folder))
    await plane.route(FRONT, next.backend)
    await plane.drain(FRONT, old.backend)
    const { backend, service } = old
    const isIdle = (): Promise<boolean> => plane.inFlight(FRONT, backend).then((n) => n === 0)
    if (seesRequests) await until(isIdle)
    await stopService(service)
    await until(isIdle)
    await plane.remove(FRONT, backend)
    await load.pass(50)
    old = next
  }
}

async function backendOf(number: number, service: Service) {
  const backend: Backend = {
    id: `${service.port}-${number}`,
    address: '127.0.0.1',
    port: service.port,
  }
  return { backend, service }
}

function assertNothingLost(context: TestContext, report: LoadReport): void {
  const { report: printed, ...counts } = report
  context.diagnostic(JSON.stringify(counts))
  const { errors, postFailures, lost, doubled, requests, posted } = counts
  assert.deepEqual([errors, postFailures, lost, doubled], [0, 0, 0, 0], printed)
  assert.ok(requests > 100 && posted >= 50 * HANDOVERS, 'there was load')
}

const EDGES = {
  'the forwarder, by connection': (context: TestContext) => forwarder(context, 'tcp'),
  'the forwarder, by request': (context: TestContext) => forwarder(context, 'http'),
  HAProxy: haproxyEdge,
}

for (const [name, edgeOf] of Object.entries(EDGES)) {
  for (const keepsAlive of [true, false]) {
    const how = keepsAlive ? 'with kept connections' : 'with a connection for each request'
    const options = {
      ...(name === 'HAProxy' && haproxy.skip !== false ? haproxy : wrk),
      timeout: 90_000,
    }
    test(`${name} hands over five times and loses nothing, ${how}`, options, async (context) => {
      const folder = scratch(context)
      const edge = await edgeOf(context, folder)
      const first = await backendOf(0, await startService(context, folder))
      await edge.plane.route(FRONT, first.backend)
      const load = startLoad(context, folder, { port: edge.port, keepsAlive })
      await rollFiveTimes(context, folder, edge, load)
      assertNothingLost(context, await load.stop())
    })
  }
}

for (const keepsAlive of [true, false]) {
  const how = keepsAlive ? 'with kept connections' : 'with a connection for each request'
  test(`a shared descriptor is handed over without loss, ${how}`, {
    ...wrk,
    timeout: 90_000,
  }, async (context) => {
    const folder = scratch(context)
    const { descriptor, port } = await hold(context)
    const owners = new Map<string, Service>()
    const plane = new DescriptorPlane({
      signal: ({ id }) => owners.get(id)?.child.kill('SIGTERM'),
      kill: ({ id }) => owners.get(id)?.child.kill('SIGKILL'),
      isAlive: ({ id }) => owners.get(id)?.child.exitCode === null,
      established: async () => undefined,
    })
    const start = async (number: number) => {
      const service = await startService(context, folder, { descriptor })
      const backend: Backend = { id: `${port}-${number}`, address: '127.0.0.1', port }
      owners.set(backend.id, service)
      await plane.route(FRONT, backend)
      return { service, backend }
    }
    let old = await start(0)
    const load = startLoad(context, folder, { port, keepsAlive })
    for (let round = 0; round < HANDOVERS; round += 1) {
      await load.pass(50)
      const next = await start(round + 1)
      const gone = once(old.service.child, 'exit')
      await plane.drain(FRONT, old.backend)
      assert.deepEqual(await gone, [0, null])
      await plane.remove(FRONT, old.backend)
      old = next
    }
    await load.pass(50)
    assertNothingLost(context, await load.stop())
  })
}

test('stopping and then starting, as a control, does lose requests', {
  ...wrk,
  timeout: 90_000,
}, async (context) => {
  const folder = scratch(context)
  const port = await freePort()
  let service = await startService(context, folder, { port, ending: 'naive' })
  const load = startLoad(context, folder, { port, keepsAlive: true })
  await load.pass(50)
  await stopService(service, 'SIGKILL')
  service = await startService(context, folder, { port, ending: 'naive' })
  await load.pass(50)
  const { errors, postFailures } = await load.stop()
  assert.ok(errors > 0 && postFailures > 0, 'the load notices what is lost')
})

test('an owner that is killed loses what is in flight alone, and nobody is refused', {
  ...wrk,
  timeout: 90_000,
}, async (context) => {
  const folder = scratch(context)
  const { plane, port } = await forwarder(context, 'http')
  const dead = await backendOf(1, await startService(context, folder))
  const heir = await backendOf(2, await startService(context, folder))
  await plane.route(FRONT, dead.backend)
  const load = startLoad(context, folder, { port, keepsAlive: true })
  await load.pass(50)
  await stopService(dead.service, 'SIGKILL')
  await plane.route(FRONT, heir.backend)
  await plane.remove(FRONT, dead.backend)
  await load.pass(100)
  const { errors, connectErrors, postFailures, lost, doubled } = await load.stop()
  context.diagnostic(JSON.stringify({ errors, postFailures }))
  assert.deepEqual([connectErrors, lost, doubled], [0, 0, 0])
  assert.ok(errors <= 64 && postFailures <= 8, 'each connection had at most one request in flight')
})

/** A listening socket that this process never accepts on. */
async function hold(
  context: TestContext,
): Promise<{ readonly descriptor: number; readonly port: number }> {
  const port = await freePort()
  const sockets = await openSystemSockets()
  assert.ok('open' in sockets)
  const held = sockets.open({ protocol: 'tcp', address: '127.0.0.1', port })
  assert.ok('fd' in held)
  context.after(() => sockets.close(held.fd))
  return { descriptor: held.fd, port }
}
