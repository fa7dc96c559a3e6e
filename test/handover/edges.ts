/** Whatever stands before instances of one service, and the order in which a hand-over goes. */
import assert from 'node:assert/strict'
import { SystemClock } from '../../src/clock/system-clock.ts'
import type { Json } from '../../src/core/units/json.ts'
import { EnvoyPlane } from '../../src/edge/envoy/envoy-plane.ts'
import { ForwarderPlane } from '../../src/edge/forwarder/forwarder-plane.ts'
import { HaproxyPlane } from '../../src/edge/haproxy/haproxy-plane.ts'
import type { Backend, DataPlane } from '../../src/seams/data-plane.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { startEnvoyFront } from './envoy.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'
import { Bench, tinyContract } from './ramps.ts'
import {
  type Afterwards,
  type Load,
  type Service,
  serviceCommand,
  startService,
  stopService,
} from './support.ts'

/** The front that every plane here has. */
export const FRONT = 'shop/api/http'

/** An instance, as the plane and the test know it. */
export interface Instance {
  readonly backend: Backend
  readonly service: Service
}

/** What clients reach, and whoever serves there. */
export interface Edge {
  readonly port: number
  /** The next instance takes the place of the one that serves. */
  replace(): Promise<void>
}

/** An edge that is a data plane with its front. */
export interface PlaneEdge {
  readonly plane: DataPlane
  readonly port: number
  /** Starts the next instance. */
  start(): Promise<Instance>
  /** Ends one that drains, in the order that loses nothing here. */
  finish(instance: Instance): Promise<void>
}

/** How an edge is opened: where it keeps what it needs, and how long each answer takes. @unit ms */
export interface EdgeWishes {
  readonly folder: string
  /** @default 0 */
  readonly answerMs?: number
}

/** Opens one, with its first instance serving. */
export type OpenEdge = (context: Afterwards, wishes: EdgeWishes) => Promise<Edge>

/** All of them by their names for people. */
export const EDGES: Readonly<Record<string, OpenEdge>> = {
  'the forwarder, by connection': byPlane((...given) => openForwarder(...given, 'tcp')),
  'the forwarder, by request': byPlane((...given) => openForwarder(...given, 'http')),
  HAProxy: byPlane(openHaproxy),
  Envoy: byPlane(openEnvoy),
  nginx: byPlane(openNginx),
  'a shared descriptor': openShared,
}

/** Hands over so many times under load, from one instance to the next. */
export async function rollUnderLoad(
  edge: Edge,
  { load, times }: { readonly load: Load; readonly times: number },
): Promise<void> {
  for (let round = 0; round < times; round += 1) {
    await load.pass(50)
    await edge.replace()
  }
  await load.pass(50)
}

/** In the one order that there is. */
function byPlane(open: (context: Afterwards, wishes: EdgeWishes) => Promise<PlaneEdge>): OpenEdge {
  return async (context, wishes) => {
    const { plane, port, start, finish } = await open(context, wishes)
    let serving = await start()
    await plane.route(FRONT, serving.backend)
    return {
      port,
      replace: async () => {
        const next = await start()
        await plane.route(FRONT, next.backend)
        await plane.drain(FRONT, serving.backend)
        await finish(serving)
        await plane.remove(FRONT, serving.backend)
        serving = next
      },
    }
  }
}

/** Rampart's own data plane, with nobody behind it yet. */
export async function openForwarder(
  context: Afterwards,
  wishes: EdgeWishes,
  mode: 'tcp' | 'http',
): Promise<PlaneEdge> {
  const { folder } = wishes
  const plane = new ForwarderPlane({ folder, clock: new SystemClock(), log: assert.fail })
  const port = await freePort()
  await plane.open({ name: FRONT, mode, addresses: ['127.0.0.1'], port })
  context.after(() => plane.close(FRONT))
  return onPorts({ plane, port }, context, { ...wishes, seesRequests: mode === 'http' })
}

async function openHaproxy(context: Afterwards, wishes: EdgeWishes): Promise<PlaneEdge> {
  const { folder } = wishes
  const { port, socketPath } = await startHaproxy(context, folder)
  const plane = new HaproxyPlane({ socketPath, backendNames: { [FRONT]: 'api' } })
  return onPorts({ plane, port }, context, { ...wishes, seesRequests: true })
}

async function openEnvoy(context: Afterwards, wishes: EdgeWishes): Promise<PlaneEdge> {
  const { folder } = wishes
  const { port, admin, path } = await startEnvoyFront(context, folder)
  const files = { [FRONT]: { cluster: 'api', path } }
  const plane = new EnvoyPlane({ admin, files, clock: new SystemClock() })
  return onPorts({ plane, port }, context, { ...wishes, seesRequests: true })
}

async function openNginx(context: Afterwards, wishes: EdgeWishes): Promise<PlaneEdge> {
  const { folder } = wishes
  const { plane, port } = await startNginx(context, folder, FRONT)
  return onPorts({ plane, port }, context, { ...wishes, seesRequests: true })
}

/** Instances on ports of their own, behind a proxy. */
function onPorts(
  { plane, port }: { readonly plane: DataPlane; readonly port: number },
  context: Afterwards,
  { folder, answerMs = 0, seesRequests }: EdgeWishes & { readonly seesRequests: boolean },
): PlaneEdge {
  let count = 0
  return {
    plane,
    port,
    start: async () => {
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

/** Whole ramps by a daemon's parts: of a component whose starts share a socket. */
async function openShared(
  context: Afterwards,
  { folder, answerMs = 0 }: EdgeWishes,
): Promise<Edge> {
  const bench = new Bench(context)
  let round = 0
  const replace = async (): Promise<void> => {
    round += 1
    await bench.up(sharingContract(folder, { answerMs, round }))
  }
  await replace()
  const [lease] = await bench.leases()
  return { port: lease?.claim.port ?? assert.fail('it has one port'), replace }
}

function sharingContract(
  folder: string,
  { answerMs, round }: { readonly answerMs: number; readonly round: number },
): Json {
  return tinyContract({
    run: {
      command: serviceCommand(folder),
      ports: { http: {} },
      env: { LINGER_MS: '1000', ANSWER_MS: String(answerMs), ROUND: String(round) },
    },
    ready: [{ log: { pattern: '^listening' } }],
    roll: { by: 'descriptor', drain: '30s' },
  })
}
