/** Every data plane before instances of one service, and the order in which a hand-over goes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { EnvoyPlane } from '../../src/edge/envoy/envoy-plane.ts'
import { ForwarderPlane } from '../../src/edge/forwarder/forwarder-plane.ts'
import { HaproxyPlane } from '../../src/edge/haproxy/haproxy-plane.ts'
import { openSystemSockets } from '../../src/ports/keeper/system-sockets.ts'
import type { Backend, DataPlane } from '../../src/seams/data-plane.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { DescriptorPlane } from './descriptor-plane.ts'
import { startEnvoyFront } from './envoy.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'
import { type Afterwards, type Load, type Service, startService, stopService } from './support.ts'

/** The front that every plane here has. */
export const FRONT = 'shop/api/http'

/** An instance, as the plane and the test know it. */
export interface Instance {
  readonly backend: Backend
  readonly service: Service
}

/** A data plane with its front. */
export interface Edge {
  readonly plane: DataPlane
  readonly port: number
  /** Starts the next instance, which takes so long over each answer. @param answerMs 0 by default */
  start(answerMs?: number): Promise<Instance>
  /** Ends one that drains, in the order that loses nothing here. */
  finish(instance: Instance): Promise<void>
}

/** Makes one, for a scratch folder. */
export type OpenEdge = (context: Afterwards, folder: string) => Promise<Edge>

/** The planes by their names for people. */
export const EDGES: Readonly<Record<string, OpenEdge>> = {
  'the forwarder, by connection': (context, folder) => openForwarder(context, folder, 'tcp'),
  'the forwarder, by request': (context, folder) => openForwarder(context, folder, 'http'),
  HAProxy: openHaproxy,
  Envoy: openEnvoy,
  nginx: openNginx,
  'a shared descriptor': openDescriptor,
}

/** Hands over so many times under load, from one instance to the next. */
export async function rollUnderLoad(
  edge: Edge,
  first: Instance,
  given: { readonly load: Load; readonly times: number; readonly answerMs?: number },
): Promise<Instance> {
  let old = first
  for (let round = 0; round < given.times; round += 1) {
    await given.load.pass(50)
    const next = await edge.start(given.answerMs)
    await edge.plane.route(FRONT, next.backend)
    await edge.plane.drain(FRONT, old.backend)
    await edge.finish(old)
    await edge.plane.remove(FRONT, old.backend)
    old = next
  }
  await given.load.pass(50)
  return old
}

async function openForwarder(
  context: Afterwards,
  folder: string,
  mode: 'tcp' | 'http',
): Promise<Edge> {
  const plane = new ForwarderPlane({ folder, clock: new SystemClock(), log: assert.fail })
  const port = await freePort()
  await plane.open({ name: FRONT, mode, addresses: ['127.0.0.1'], port })
  context.after(() => plane.close(FRONT))
  return onPorts({ plane, port }, context, { folder, seesRequests: mode === 'http' })
}

async function openHaproxy(context: Afterwards, folder: string): Promise<Edge> {
  const { port, socketPath } = await startHaproxy(context, folder)
  const plane = new HaproxyPlane({ socketPath, backendNames: { [FRONT]: 'api' } })
  return onPorts({ plane, port }, context, { folder, seesRequests: true })
}

async function openEnvoy(context: Afterwards, folder: string): Promise<Edge> {
  const { port, admin, path } = await startEnvoyFront(context, folder)
  const files = { [FRONT]: { cluster: 'api', path } }
  const plane = new EnvoyPlane({ admin, files, clock: new SystemClock() })
  return onPorts({ plane, port }, context, { folder, seesRequests: true })
}

async function openNginx(context: Afterwards, folder: string): Promise<Edge> {
  const { plane, port } = await startNginx(context, folder, FRONT)
  return onPorts({ plane, port }, context, { folder, seesRequests: true })
}

/** Instances on ports of their own, behind a proxy. */
function onPorts(
  { plane, port }: { readonly plane: DataPlane; readonly port: number },
  context: Afterwards,
  { folder, seesRequests }: { readonly folder: string; readonly seesRequests: boolean },
): Edge {
  let count = 0
  return {
    plane,
    port,
    start: async (answerMs = 0) => {
      count += 1
      const service = await startService(context, folder, { answerMs })
      const backend = { id: `${service.port}-${count}`, address: '127.0.0.1', port: service.port }
      return { service, backend }
    },
    finish: async ({ backend, service }) => {
      const isIdle = async (): Promise<boolean> => (await plane.inFlight(FRONT, backend)) === 0
      // A plane that sees connections alone is told by the service that nobody needs it any more.
      if (seesRequests) await until('nothing is under way', isIdle)
      await stopService(service)
      await until('nothing is under way', isIdle)
    },
  }
}

async function openDescriptor(context: Afterwards, folder: string): Promise<Edge> {
  const port = await freePort()
  const sockets = await openSystemSockets()
  assert.ok('open' in sockets)
  const held = sockets.open({ protocol: 'tcp', address: '127.0.0.1', port })
  assert.ok('fd' in held)
  context.after(() => sockets.close(held.fd))
  const owners = new Map<string, Service>()
  const plane = new DescriptorPlane({
    signal: ({ id }) => owners.get(id)?.child.kill('SIGTERM'),
    kill: ({ id }) => owners.get(id)?.child.kill('SIGKILL'),
    isAlive: ({ id }) => owners.get(id)?.child.exitCode === null,
    established: async () => undefined,
  })
  return {
    plane,
    port,
    start: async (answerMs = 0) => {
      const service = await startService(context, folder, { descriptor: held.fd, answerMs })
      const backend = { id: `${port}-${owners.size + 1}`, address: '127.0.0.1', port }
      owners.set(backend.id, service)
      return { service, backend }
    },
    finish: async ({ service: { child } }) => {
      if (child.exitCode === null) await once(child, 'exit')
      assert.equal(child.exitCode, 0)
    },
  }
}
