/** Names of a Ports contract, from the contract through a real broker to every door of discovery. */
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { granted, Listener, makePortBench, wish } from '../../test/ports/workbench.ts'
import { until } from '../../test/support/until.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { parseContracts, planContract } from '../contracts/index.ts'
import { present } from '../core/fault/assert.ts'
import type { JsonObject } from '../core/units/json.ts'
import { Discovery } from '../edge/discovery/server/open-discovery.ts'
import type { LocalPortBroker } from '../ports/broker.ts'
import { PortKernel } from '../ports/kernel/port-kernel.ts'
import { PortsActuator } from '../ports/ports-actuator.ts'
import { SystemRandom } from '../random/system-random.ts'
import { LinuxKernel } from '../runtimes/process/kernel/linux.ts'
import { parseDoors } from './discovery-doors.ts'

/** The order by which a ramp puts such a contract in force. */
function enforcing(names: string, contract = 'shop'): JsonObject {
  const text = `apiVersion: rampart/v1
kind: Ports
metadata: { name: ${contract} }
spec:
  ranges: { web: { ports: 21800-21809, for: { service: shop/* } } }
  names: ${names}
`
  const [understood] = parseContracts([{ path: 'ports.yaml', text }]).contracts
  const plan = planContract(present(understood, 'it is right'), { goal: 'up' })
  const stage = plan.stages.find(({ name }) => name === 'policy')
  return present(stage?.command, 'it is put in force').input as JsonObject
}

async function makeBench(context: TestContext) {
  const bench = makePortBench(context)
  const broker = await bench.open()
  const doors = parseDoors('http=0 dns=0 localhost=0 env=.env nginx=up.conf', bench.folder)
  const [clock, random] = [new SystemClock(), new SystemRandom()]
  const onTrouble = (error: unknown): void => assert.ifError(error)
  const discovery = await Discovery.open({ broker, clock, random, doors, onTrouble })
  context.after(() => discovery.close())
  const order = orderTo(broker)
  const read = (file: string): string => readFileSync(join(bench.folder, file), 'utf8')
  return { broker, discovery, order, read }
}

/** Has orders of a ramp carried out. @returns the reason of each answer */
function orderTo(broker: LocalPortBroker) {
  const actuator = new PortsActuator(broker)
  const { signal } = new AbortController()
  const place = { id: 'up-1/policy/1', ramp: 'up-1', stage: 'policy', fence: 1, signal }
  return async (operation: string, input: JsonObject): Promise<string> =>
    (await actuator.run({ ...place, purpose: 'do', operation, input })).reason
}

/** A process that listens on a port of a service. */
async function serve(context: TestContext, broker: LocalPortBroker): Promise<Listener> {
  const listener = new Listener(context)
  const [lease] = granted(await broker.claim([wish('shop/api', { port: 21_805 })]))
  const { id } = present(lease, 'it is granted')
  await broker.letGo([id])
  assert.equal(await listener.listen(21_805), 'listening')
  const process = new PortKernel(new LinuxKernel()).identify(listener.pid)
  await broker.assign(id, present(process, 'it runs'))
  return listener
}

test('a name is told of by every door, while its contract is in force and its port is there', async (context) => {
  const { broker, discovery, order, read } = await makeBench(context)
  const told = () => discovery.endpoints.list().map(({ service, number }) => [service, number])
  assert.equal(await order('enforce', enforcing('{ api: shop/api/http }')), 'enforced')
  assert.deepEqual(told(), [], 'nobody serves yet')
  const listener = await serve(context, broker)
  await until('both names are told of', () => told().length === 2)
  assert.deepEqual(told(), [
    ['api', 21_805],
    ['shop/api', 21_805],
  ])

  const http = `http://127.0.0.1:${discovery.http?.port}`
  const ask = async (path: string): Promise<string> => await (await fetch(http + path)).text()
  assert.match(await ask('/v1/services/api'), /"service":"api",.*"aliasOf":"shop\/api".*:21805"/)
  const targets = '"targets":["127.0.0.1:21805"]'
  assert.equal((await ask('/v1/prometheus')).split(targets).length, 2, 'it is scraped once')
  assert.ok((await ask('/v1/prometheus?service=api')).includes(targets))
  const envoy = await fetch(`${http}/v3/discovery:endpoints`, {
    method: 'POST',
    body: JSON.stringify({ resource_names: ['api/http', 'http.api'] }),
  })
  assert.equal((await envoy.text()).split('"port_value":21805').length, 3)
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${discovery.dns?.port}`])
  const [place] = await resolver.resolveSrv('_http._tcp.api.ports.test')
  assert.equal(place?.port, 21_805)
  await until('the files are written', () => read('up.conf').includes('upstream http.api {'))
  await until('the variables are', () => read('.env').includes('\nAPI_HTTP_PORT=21805\n'))
  assert.equal(await statusOf(discovery, 'api.localhost'), 'served')

  assert.equal(await order('enforce', enforcing('{ backend: shop/api/http }')), 'enforced')
  assert.equal(told()[0]?.[0], 'backend', 'what a contract says now takes the place of the rest')
  assert.equal(await statusOf(discovery, 'api.localhost'), 404)
  const taken = enforcing('{ backend: shop/web/http }', 'web')
  assert.equal(await order('enforce', taken), 'name-taken')
  await broker.claim([wish('backend')])
  assert.deepEqual(told(), [['shop/api', 21_805]], 'a service has its own name')
  await broker.release(present(broker.leases().at(-1), 'it is leased').id, 'It is over.')
  assert.equal(told().length, 2)
  assert.equal(await order('withdraw', { contract: 'shop' }), 'withdrawn')
  assert.deepEqual(told(), [['shop/api', 21_805]])
  await until('the variables are gone', () => !read('.env').includes('BACKEND'))
  await discovery.close()
  await listener.kill()
})

test('names are there again after a restart, and for what was in force without them', async (context) => {
  const bench = makePortBench(context)
  const broker = await bench.open()
  const input = enforcing('{ api: shop/api/http }')
  await orderTo(broker)('enforce', input)
  const { names, ...rules } = present(broker.enforced.of('shop'), 'it is in force')
  const again = await bench.open()
  assert.deepEqual(again.enforced.of('shop')?.names, names)
  await again.enforce(rules)
  assert.equal(again.enforced.of('shop')?.names, undefined)
  assert.equal(await orderTo(again)('enforce', input), 'already')
  assert.deepEqual(again.enforced.of('shop')?.names, names)
  const { names: _, ...older } = { ...(input as object & { names: unknown }), contract: 'other' }
  assert.equal(await orderTo(again)('enforce', older), 'enforced', 'plans without names are plans')
})

/** What the door for browsers says: `served` from the service behind it, or the status of a refusal. */
async function statusOf(discovery: Discovery, host: string): Promise<string | number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | number | undefined>()
  const port = present(discovery.localhost, 'it is open').port
  const asked = request({ port, host: '127.0.0.1', headers: { host }, agent: false }, (answer) => {
    answer.resume()
    // The service behind it speaks no HTTP, so that whoever carries to it says 502.
    resolve(answer.statusCode === 502 ? 'served' : answer.statusCode)
  })
  asked.on('error', reject)
  asked.end()
  return await promise
}
