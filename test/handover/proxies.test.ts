/** Fronts that a real HAProxy, Envoy or nginx carries: whole ramps under load, and what is refused. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Json, JsonObject } from '../../src/core/units/json.ts'
import { readEndpoints } from '../../src/edge/envoy/endpoints-file.ts'
import { tellHaproxy } from '../../src/edge/haproxy/runtime-socket.ts'
import { requireRealPart } from '../support/require-part.ts'
import { until } from '../support/until.ts'
import { startEnvoyFront } from './envoy.ts'
import { type StartedHaproxy, startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'
import { Bench, CLIENTS, Load, smokeBy, tinyContract, webSaying } from './ramps.ts'

const haproxy = { ...requireRealPart('HAProxy'), timeout: 60_000 }
const envoy = { ...requireRealPart('Envoy'), timeout: 60_000 }
const nginx = { ...requireRealPart('nginx'), timeout: 60_000 }

function contract(says: string, by: Json, proof?: readonly string[]): Json {
  const web = webSaying(says, { more: { roll: { by, drain: '10s' }, deadline: '30s' } })
  // What stands on it reaches it where the proxy is.
  const url = `http://$\{component("web").host}:$\{component("web").ports.http}/`
  const reader = { needs: ['web'], ready: [{ http: { url, status: 200 } }] }
  return tinyContract(web, { beside: { reader, ...smokeBy(proof) } })
}

/** A folder for what is not Rampart's, below that of the bench. */
function beside(bench: Bench): string {
  const folder = join(bench.folder, 'proxy')
  mkdirSync(folder)
  return folder
}

async function behindHaproxy(
  context: TestContext,
  isPatient = false,
): Promise<{ readonly bench: Bench; readonly proxy: StartedHaproxy; readonly by: Json }> {
  const bench = new Bench(context)
  const proxy = await startHaproxy(context, beside(bench), { isPatient })
  const by = { haproxy: { socket: proxy.socketPath, backend: 'api', port: proxy.port } }
  return { bench, proxy, by }
}

/** From the first start to the third, with one between that does not prove itself. */
async function rollUnderLoad(
  context: TestContext,
  { bench, by, port }: { readonly bench: Bench; readonly by: Json; readonly port: number },
): Promise<void> {
  await bench.up(contract('one', by))
  assert.ok(
    (await bench.leases()).every(({ front }) => front === undefined),
    'no port of ours',
  )
  const load = new Load(context, port)
  await load.answered('one')
  await bench.up(contract('two', by))
  await load.answered('two')
  const proof = [process.execPath, '-e', 'process.exit(3)']
  const { ended } = await bench.ramp(contract('bad', by, proof))
  assert.equal(ended?.outcome, 'undone')
  load.answers.delete('bad')
  await load.answered('two')
  await bench.close()
  await load.answered('two')
  await bench.up(contract('three', by))
  await load.answered('three')
  await load.stop()
  load.assertServed('one', 'two', 'three')
  context.diagnostic(JSON.stringify(Object.fromEntries(load.answers)))
}

test(
  'HAProxy carries a component through rolls, an undo and another daemon, and nothing fails',
  haproxy,
  async (context) => {
    const { bench, proxy, by } = await behindHaproxy(context)
    await rollUnderLoad(context, { bench, by, port: proxy.port })
  },
)

test(
  'Envoy carries a component through rolls, an undo and another daemon, and nothing fails',
  envoy,
  async (context) => {
    const bench = new Bench(context)
    const proxy = await startEnvoyFront(context, beside(bench))
    const { port, path, admin } = proxy
    const by = { envoy: { endpoints: path, cluster: 'api', admin, port } }
    await rollUnderLoad(context, { bench, by, port })

    // While it cannot be asked nothing is changed, and the old start serves on.
    const before = readFileSync(path, 'utf8')
    bench.foresee(/Envoy cannot be asked anything/)
    await proxy.stop()
    const { ended } = await bench.ramp(contract('four', by))
    assert.match(ended?.cause?.sentence ?? '', /Envoy cannot be asked anything/)
    assert.equal(readFileSync(path, 'utf8'), before)
    await proxy.start()
    const load = new Load(context, port)
    await load.answered('three')
    await load.stop()
    load.assertServed('three')

    const [pid] = await bench.pids()
    process.kill(pid ?? assert.fail('it runs'), 'SIGKILL')
    const file = { cluster: 'api', path }
    await until('it has none', () => readEndpoints(file).length === 0)
    await bench.ramp(contract('three', by), 'down')

    // What is not Rampart's is left as it is.
    const refusal = async (words: JsonObject): Promise<string> =>
      (await bench.ramp(contract('one', { envoy: { ...by.envoy, ...words } }))).ended?.cause
        ?.sentence ?? ''
    const others = JSON.stringify({ resources: [] })
    const other = join(bench.folder, 'other.json')
    assert.match(await refusal({ endpoints: other }), /there is no .*; begin it with/)
    writeFileSync(other, others)
    assert.match(await refusal({ endpoints: other }), /takes its endpoints from .*api\.json/)
    assert.match(await refusal({ endpoints: other, cluster: 'none' }), /it has no cluster none/)
    assert.equal(readFileSync(other, 'utf8'), others)
  },
)

test(
  'HAProxy is told again what it has forgotten, and rid of a start that died',
  haproxy,
  async (context) => {
    const { bench, proxy, by } = await behindHaproxy(context)
    await bench.up(contract('one', by))
    const state = (): Promise<string> => tellHaproxy(proxy.socketPath, 'show servers state api')
    const [before] = await serverNames(state)
    bench.foresee(/HAProxy cannot be told anything/)
    await proxy.restart()
    await until('it knows it again', async () => (await serverNames(state))[0] === before)
    const [pid] = await bench.pids()
    process.kill(pid ?? assert.fail('it runs'), 'SIGKILL')
    const waits = async (): Promise<boolean> =>
      (await serverNames(state)).join() === 'rampart-nobody'
    await until('it has none but the one for those who wait', waits)
    await bench.up(contract('one', by))
    const load = new Load(context, proxy.port)
    await load.answered('one')
    await load.stop()
    load.assertServed('one')
    await bench.ramp(contract('one', by), 'down')
    assert.deepEqual(await serverNames(state), [])
  },
)

test(
  'HAProxy that may try again lets clients wait when the one that serves dies, until the next one does',
  haproxy,
  async (context) => {
    const { bench, proxy, by } = await behindHaproxy(context, true)
    await bench.up(contract('one', by))
    const load = new Load(context, proxy.port)
    await load.answered('one')
    const [pid] = await bench.pids()
    process.kill(pid ?? assert.fail('it runs'), 'SIGKILL')
    await until('its death is recorded', async () => (await bench.starts())['1'] === 'cooling')
    await bench.up(contract('two', by))
    await load.answered('two')
    await load.stop()
    const others = [...load.answers].filter(([says]) => !['one', 'two'].includes(says))
    const broken = others.filter(([says]) => says.startsWith('502 '))
    assert.deepEqual(others, broken, 'nobody was turned away')
    const lost = load.failures.length + broken.reduce((sum, [, count]) => sum + count, 0)
    context.diagnostic(JSON.stringify({ lost, answers: [...load.answers.values()] }))
    assert.ok(lost <= 2 * CLIENTS, `${lost} lost`)
  },
)

test(
  'nginx carries a component through a roll; what its reloads lose is counted',
  nginx,
  async (context) => {
    const bench = new Bench(context)
    const folder = beside(bench)
    const { port, servers } = await startNginx(context, folder, 'tiny/web/http')
    const [config, pid] = [join(folder, 'nginx.conf'), join(folder, 'nginx.pid')]
    const by = { nginx: { servers, config, pid, port } }
    await bench.up(contract('one', by))
    const load = new Load(context, port)
    await load.answered('one')
    await bench.up(contract('two', by))
    await load.answered('two')
    await load.stop()
    const lost = load.failures.length
    const other = join(folder, 'other.servers')
    writeFileSync(other, 'server 127.0.0.1:9 down;\n')
    const { ended } = await bench.ramp(contract('one', { nginx: { ...by.nginx, servers: other } }))
    assert.match(ended?.cause?.sentence ?? '', /bring it down before another one carries it/)
    context.diagnostic(JSON.stringify({ lost, answers: Object.fromEntries(load.answers) }))
    assert.deepEqual([...load.answers.keys()].sort(), ['one', 'two'])
    assert.ok(load.failures.every((failure) => !failure.includes('ECONNREFUSED')))
    // Two reloads, each of which may end what a client just sends on a kept connection.
    assert.ok(lost <= 2 * CLIENTS, `${lost} lost`)
  },
)

test(
  'what others have in a proxy is refused before anything of it is touched',
  haproxy,
  async (context) => {
    const bench = new Bench(context)
    const refusal = async (by: Json): Promise<string> => {
      const { ended } = await bench.ramp(contract('one', by))
      assert.equal(ended?.outcome, 'undone')
      return ended?.cause?.sentence ?? ''
    }
    const servers = '  server web1 127.0.0.1:9\n'
    const { socketPath: socket, port } = await startHaproxy(context, beside(bench), { servers })
    const backend = 'api'
    assert.match(await refusal({ haproxy: { socket, backend, port } }), /server of its own, web1/)
    assert.match(await refusal({ haproxy: { socket, backend: 'none', port } }), /find backend/i)
    const gone = join(bench.folder, 'gone.sock')
    assert.match(await refusal({ haproxy: { socket: gone, backend, port } }), /stats socket/)
    const file = join(bench.folder, 'hosts')
    writeFileSync(file, '127.0.0.1 localhost\n')
    assert.match(await refusal({ nginx: { servers: file, port } }), /line 1 of it is no server/)
    const none = join(bench.folder, 'none')
    assert.match(await refusal({ nginx: { servers: none, port } }), /there is no such file/)
  },
)

async function serverNames(state: () => Promise<string>): Promise<readonly string[]> {
  const lines = (await state()).split('\n').filter((line) => /^\d+ api \d/.test(line))
  return lines.map((line) => line.split(' ')[3] ?? '')
}

test(
  'nginx that does not read its file of servers is refused, with what to write',
  nginx,
  async (context) => {
    const bench = new Bench(context)
    const folder = beside(bench)
    const { port } = await startNginx(context, folder, 'tiny/web/http')
    const servers = join(folder, 'other.servers')
    writeFileSync(servers, 'server 127.0.0.1:9 down;\n')
    const [config, pid] = [join(folder, 'nginx.conf'), join(folder, 'nginx.pid')]
    const { ended } = await bench.ramp(contract('one', { nginx: { servers, config, pid, port } }))
    assert.match(ended?.cause?.sentence ?? '', /does not include that file; write `include /)
  },
)
