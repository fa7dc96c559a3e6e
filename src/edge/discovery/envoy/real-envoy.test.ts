/** A real Envoy that asks for the endpoints of its clusters in every way that is spoken here. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { listenerTo, startEnvoy } from '../../../../test/support/envoy.ts'
import { edsByGrpc, edsByHttp, edsCluster, edsDoor } from '../../../../test/support/envoy-eds.ts'
import { freePort } from '../../../../test/support/free-port.ts'
import { requireRealPart } from '../../../../test/support/require-part.ts'
import { until } from '../../../../test/support/until.ts'
import { SystemClock } from '../../../clock/system-clock.ts'
import type { Json } from '../../../core/units/json.ts'
import type { Endpoint } from '../../../seams/endpoints.ts'
import { EndpointTable } from '../endpoint-table.ts'
import { DiscoveryServer } from '../server/discovery-server.ts'
import { EdsServer } from './eds-server.ts'

/** Whom each way is asked by: the names of the clusters are different ones of the same port. */
const WAYS: Readonly<Record<string, Json>> = {
  'shop/api/http': edsByGrpc('GRPC'),
  'http.api.shop': edsByGrpc('DELTA_GRPC'),
  'shop/web/http': edsByHttp(),
}

/** An Envoy with one listener for each cluster. @returns the ports of the listeners, by cluster */
async function startAll(context: TestContext, endpoints: EndpointTable) {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-eds-'))
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  const trouble = { onTrouble: (error: unknown) => assert.ifError(error) }
  const parts = { clock: new SystemClock(), random: { integer: () => 0 }, ...trouble }
  const http = await DiscoveryServer.open({ endpoints, ...parts })
  const eds = await EdsServer.open({ endpoints })
  context.after(() => Promise.all([http.close(), eds.close()]))
  const ports = new Map<string, number>()
  for (const name of Object.keys(WAYS)) ports.set(name, await freePort())
  const envoy = await startEnvoy(context, folder, {
    adminPort: await freePort(),
    listeners: [...ports].map(([name, port]) => listenerTo(name, port)),
    clusters: [
      ...Object.entries(WAYS).map(([name, source]) => edsCluster(name, source)),
      edsDoor('GRPC', eds.port),
      edsDoor('REST', http.port),
    ],
  })
  return { envoy, eds, ports }
}

/** A server of both services. */
async function serving(context: TestContext, says: string) {
  const held: ServerResponse[] = []
  const server = createServer(({ url }, response) => {
    if (url === '/held') held.push(response)
    else response.end(says)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port: number } = server.address() as AddressInfo
  const place = { port: 'http', protocol: 'tcp', address: '127.0.0.1', number } as const
  const endpoints: readonly Endpoint[] = ['shop/api', 'shop/web'].map((service) => ({
    ...{ service, instance: says },
    ...place,
  }))
  return { held, endpoints }
}

async function ask(port: number, path = '/'): Promise<string> {
  const sent = request({ host: '127.0.0.1', port, path, agent: false }).end()
  const [response] = await once(sent, 'response')
  const said = await text(response)
  return response.statusCode === 200 ? said : String(response.statusCode)
}

test('requests follow who is ready, by gRPC, by its deltas and by HTTP, and nothing is rejected', {
  ...requireRealPart('Envoy'),
  timeout: 60_000,
}, async (context) => {
  const endpoints = new EndpointTable()
  const { envoy, eds, ports } = await startAll(context, endpoints)
  const [one, two] = [await serving(context, 'one'), await serving(context, 'two')]
  // That there is nobody is an answer, which Envoy has before it is ready.
  for (const port of ports.values()) assert.equal(await ask(port), '503')

  /** Milliseconds until each cluster has heard of it. */
  const heard = async (says: string, now: readonly Endpoint[]) => {
    const sinceMs = performance.now()
    endpoints.set(now)
    const waits = [...ports].map(async ([name, port]) => {
      await until(`${name} answers ${says}`, async () => (await ask(port)) === says)
      return [name, Math.round(performance.now() - sinceMs)]
    })
    context.diagnostic(`${says}: ${JSON.stringify(await Promise.all(waits))} ms`)
  }
  await heard('one', one.endpoints)
  const asked = [...ports.values()].map((port) => ask(port, '/held'))
  await until('all are asked', () => one.held.length === asked.length)
  // From one to the next: what is under way goes on, and nothing new comes.
  await heard('two', two.endpoints)
  for (const port of ports.values()) {
    for (let count = 0; count < 10; count += 1) assert.equal(await ask(port), 'two')
  }
  for (const response of one.held) response.end('late')
  assert.deepEqual(await Promise.all(asked), ['late', 'late', 'late'])
  await heard('503', [])
  await heard('one', one.endpoints)

  assert.equal(eds.streams, 2)
  for (const name of ports.keys()) {
    const of = (stat: string) => envoy.stat(`cluster.${name}.${stat}`)
    assert.deepEqual([await of('update_rejected'), await of('update_failure')], [0, 0], name)
    assert.ok((await of('update_success')) >= 4, name)
  }
  const dump = await fetch(`http://${envoy.admin}/config_dump?include_eds`)
  assert.doesNotMatch(await dump.text(), /error_state/)

  // Whoever asks keeps what it has while nobody answers, and comes again.
  const { port: known } = eds
  await eds.close()
  for (const port of ports.values()) assert.equal(await ask(port), 'one')
  endpoints.set(two.endpoints)
  const again = await EdsServer.open({ endpoints, port: known })
  context.after(() => again.close())
  await heard('two', two.endpoints)
  assert.equal(again.streams, 2)
})
