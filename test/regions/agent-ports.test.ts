/**
 * Ports in a region that an agent works in: a real server, a real agent, a component that is replaced
 * without a gap under requests that never pause, by the rules that are in force there, and a kill of the
 * agent in between.
 */
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import type { Endpoint } from '../../src/seams/endpoints.ts'
import { Load } from '../handover/ramps.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { AgentSite } from './agent-site.ts'

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  settings: { says: { from: SAYS, default: one } }
  regions: { eu: {} }
  components:
    web:
      run:
        command: [node, web.cjs]
        ports: { http: {} }
        env: { PORT: "\${self.ports.http}", SAYS: "\${settings.says}" }
      ready: [{ http: { url: "http://\${self.host}:\${self.ports.http}/", status: 200 } }]
      roll: {}
  watch: false
`

const FIRST = 13_000 + (process.pid % 900)

/** The agent alone is told of it, and has to read it when the traffic moves. */
const RULES = `apiVersion: rampart/v1
kind: Ports
metadata: { name: rules }
spec:
  regions: [eu]
  ranges: { shop: { ports: ${FIRST}-${FIRST + 9}, for: { service: shop/* } } }
  transitions: { roll: { drain: 11s, linger: 20ms, cooling: 90s } }
`

const PROGRAM = `const { PORT, SAYS } = process.env
const server = require('node:http').createServer((_, response) => response.end(SAYS))
// The second one takes its time, in which its agent is killed.
setTimeout(() => server.listen(PORT, '127.0.0.1'), SAYS === 'two' ? 1_000 : 0)
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
`

test('agents lease the ports of their machines', async (t) => {
  const site = new AgentSite(t)
  site.write('rampart.yaml', CONTRACT)
  site.write('web.cjs', PROGRAM)
  await site.serve()
  await t.test(
    'a component is replaced without a gap, though the agent is killed before and meanwhile',
    (it) => replaceWithoutGap(it, site),
  )
  await t.test(
    'an agent tells of ports by the names of a contract, through kills, until they go',
    () => tellNames(site),
  )
  await t.test('a Ports contract is in force where it was enforced, through a kill', () =>
    enforce(site),
  )
  await t.test('an agent whose ledger is damaged works, and says that it leases nothing', () =>
    goOnWithout(site),
  )
})

async function replaceWithoutGap(context: TestContext, site: AgentSite): Promise<void> {
  await site.startAgent('eu')
  site.write('rules.yaml', RULES)
  await site.runs('up', 'rules.yaml')
  await site.runs('up')
  const front = (await site.leases('eu')).find((lease) => lease.front !== undefined)
  const port = front?.claim.port ?? assert.fail('there is a front')
  assert.equal(await site.runs('ports', 'list'), '', 'the server has leased none itself')
  assert.match(await site.runs('status'), new RegExp(`${port}`))

  const load = new Load(context, port)
  await load.answered('one')
  await site.endAgent('eu', 'SIGKILL')
  await load.answered('one')
  const away = await site.run('ports', 'list', '--region', 'eu')
  assert.equal(away.exitCode, 1)
  assert.match(away.stderr, /agent of region eu does not answer/)
  await site.startAgent('eu')
  const rolling = site.runWith({ SAYS: 'two' }, 'up')
  await until('the second one starts', async () =>
    (await site.leases('eu')).some(({ owner, process }) => owner.instance === '2' && process),
  )
  await site.endAgent('eu', 'SIGKILL')
  await site.startAgent('eu')
  const rolled = await rolling
  assert.equal(rolled.exitCode, 0, rolled.stderr)
  await load.answered('two')
  await site.endAgent('eu', 'SIGTERM')
  await load.answered('two')
  await load.stop()
  load.assertServed('one', 'two')
  const requests = [...load.answers.values()].reduce((sum, count) => sum + count, 0)
  context.diagnostic(`${requests} requests, none of them failed`)

  await site.startAgent('eu')
  const leases = await site.leases('eu')
  assert.deepEqual(
    leases
      .filter(({ state }) => state === 'active')
      .map(({ owner }) => [owner.service, owner.instance]),
    [['shop/eu/web', '2']],
  )
  assertParted(leases.find(({ owner }) => owner.instance === '1'))
  const story = await site.runs('ports', 'explain', String(port), '--region', 'eu')
  assert.match(story, /is leased to shop\/eu\/web http/)
  const unknown = await site.run('ports', 'list', '--region', 'us')
  assert.deepEqual([unknown.exitCode, /No agent works for/.test(unknown.stderr)], [2, true])
  await site.runs('down')
  assert.deepEqual(leftovers(site.folderOf('eu')), { processes: [], ports: [] })
}

/** It went by the rule of the region, which is recorded with its lease, also after a kill of the agent. */
function assertParted(lease: PortLease | undefined): void {
  const words = { drainMs: 11_000, lingerMs: 20, coolingMs: 90_000 }
  const by = { event: 'roll', by: 'contract', contract: 'rules' }
  assert.deepEqual([lease?.state, lease?.parting], ['cooling', { ...by, ...words }])
  const { coolUntilMs = 0, changedAtMs = 0 } = lease ?? {}
  assert.equal(Math.round((coolUntilMs - changedAtMs) / 1_000), 90)
}

/** The names count where the contract is in force: the agent alone is told of them. */
async function tellNames(site: AgentSite): Promise<void> {
  const [http, dns] = [await freePort(), await freePort()]
  const doors = `http=${http} dns=${dns} env=names.env`
  const begin = async (): Promise<void> => {
    await site.endAgent('eu', 'SIGKILL')
    await site.startAgent('eu', doors)
  }
  await begin()
  site.write('rules.yaml', `${RULES}  names: { backend: shop/eu/web/http }\n`)
  await site.runs('up', 'rules.yaml')
  assert.deepEqual(await namedAt(http, 'backend'), [], 'nobody serves yet')
  await site.runs('up')
  const front = (await site.leases('eu')).find((lease) => lease.front !== undefined)
  const port = front?.claim.port ?? assert.fail('there is a front')
  const told = [{ service: 'backend', aliasOf: 'shop/eu/web', number: port }]
  const assertTold = async (): Promise<void> => {
    await until('it is told of', async () => (await namedAt(http, 'backend')).length > 0)
    assert.deepEqual(await namedAt(http, 'backend'), told)
    const resolver = new Resolver()
    resolver.setServers([`127.0.0.1:${dns}`])
    const [place] = await resolver.resolveSrv('_http._tcp.backend.ports.test')
    assert.equal(place?.port, port)
    await until('the variables are written', () =>
      variables().includes(`BACKEND_HTTP_PORT=${port}\n`),
    )
  }
  const variables = (): string => readFileSync(join(site.folderOf('eu'), 'names.env'), 'utf8')
  await assertTold()
  const [place] = await namedAt(http, 'backend')
  assert.equal(await (await fetch(`http://127.0.0.1:${place?.number}/`)).text(), 'one')
  await begin()
  await assertTold()

  // What the contract says anew counts at once, while the service serves on.
  site.write('rules.yaml', `${RULES}  names: { entry: shop/eu/web/http }\n`)
  await site.runs('up', 'rules.yaml')
  assert.deepEqual(await namedAt(http, 'backend'), [])
  assert.deepEqual(await namedAt(http, 'entry'), [{ ...told[0], service: 'entry' }])
  await until('the variables are gone', () => !variables().includes('BACKEND'))
  site.write('rules.yaml', RULES)
  await site.runs('up', 'rules.yaml')
  assert.deepEqual(await namedAt(http, 'entry'), [])
  assert.deepEqual(await namedAt(http, 'shop/eu/web'), [{ service: 'shop/eu/web', number: port }])
  await site.runs('down')
}

/** Who is told of by a name at the door of an agent, whichever of its loopback addresses it listens on. */
async function namedAt(door: number, name: string) {
  const answer = await fetch(`http://127.0.0.1:${door}/v1/services/${name}`)
  const { endpoints } = (await answer.json()) as { readonly endpoints: readonly Endpoint[] }
  const ipv4 = endpoints.filter(({ address }) => address === '127.0.0.1')
  return ipv4.map(({ service, aliasOf, number }) => {
    return { service, ...(aliasOf === undefined ? {} : { aliasOf }), number }
  })
}

/** Not in the range from which others are given ports here. */
const FIXED = 14_000 + (process.pid % 900)

const PORTS = `apiVersion: rampart/v1
kind: Ports
metadata: { name: fixed }
spec:
  regions: [default]
  ranges:
    api: { ports: ${FIXED}-${FIXED}, for: { service: shop/api }, fixed: { shop/api/http: ${FIXED} } }
`

async function enforce(site: AgentSite): Promise<void> {
  await site.startAgent('default')
  site.write('ports.yaml', PORTS)
  await site.runs('up', 'ports.yaml')
  const [held] = await site.leases('default')
  assert.deepEqual([held?.claim.port, held?.state, held?.rule.contract], [FIXED, 'held', 'fixed'])
  assert.deepEqual(await site.leases('eu').then((all) => all.filter(isHeld)), [])
  await site.endAgent('default', 'SIGKILL')
  const client = connect(FIXED, '127.0.0.1')
  await once(client, 'connect')
  client.destroy()
  await site.startAgent('default')
  assert.deepEqual(
    (await site.leases('default')).map(({ id, state }) => [id, state]),
    [[held?.id, 'held']],
  )
}

async function goOnWithout(site: AgentSite): Promise<void> {
  await site.endAgent('default', 'SIGTERM')
  const ledger = join(site.folderOf('default'), '.rampart', 'agent')
  writeFileSync(
    join(ledger, 'ledger.sqlite'),
    'no ledger, but long enough to look like'.repeat(100),
  )
  const agent = await site.startAgent('default')
  assert.match(agent.stderr(), /Ports are not leased, .*ledger-corrupt/)
  const listed = await site.run('ports', 'list', '--region', 'default')
  assert.deepEqual([listed.exitCode, /leases no ports/.test(listed.stderr)], [1, true])
  const down = await site.run('down', 'ports.yaml')
  assert.equal(down.exitCode, 3, down.stderr)
  assert.match(down.stderr, /its ledger is damaged/)
  await site.endAgent('default', 'SIGTERM')
  rmSync(ledger, { recursive: true })
  await site.startAgent('default')
  await site.runs('down', 'ports.yaml')
  assert.deepEqual(await site.leases('default'), [])
}

function isHeld({ state }: PortLease): boolean {
  return state === 'held'
}
