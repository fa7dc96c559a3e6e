/**
 * Sockets that components inherit and share in a region that an agent works in: a real server, a real
 * agent, changes under requests that never pause, and kills of the agent between them and meanwhile.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import type { ComponentView, EnvironmentView } from '../../src/server/wire.ts'
import { Load } from '../handover/ramps.ts'
import { until } from '../support/until.ts'
import { AgentSite } from './agent-site.ts'

const PROGRAM = fileURLToPath(new URL('../handover/fixtures/sharing-server.ts', import.meta.url))

/** Each of them inherits: `plain` waits for its next start, `rolled` has a front, `shared` shares. */
const NAMES = ['plain', 'rolled', 'shared'] as const

type Name = (typeof NAMES)[number]

const RUN = `
        command: [node, --disable-warning=ExperimentalWarning, ${PROGRAM}]
        env: { SAYS: "\${settings.says}" }`

const ANSWERS = `ready: [{ http: { url: "http://\${self.host}:\${self.ports.http}/", status: 200 } }]`

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  settings: { says: { from: SAYS, default: one } }
  regions: { eu: {} }
  components:
    plain:
      run:${RUN}
        ports: { http: { inherit: true } }
      ${ANSWERS}
    rolled:
      run:${RUN}
        ports: { http: { inherit: true } }
      ${ANSWERS}
      roll: {}
    shared:
      run:${RUN}
        ports: { http: {} }
      ready: [{ log: { pattern: "^accepts$" } }]
      roll: { by: descriptor }
  watch: false
`

test('sockets are inherited and shared where an agent works', async (t) => {
  const site = new AgentSite(t)
  site.write('rampart.yaml', CONTRACT)
  await site.serve()
  await site.startAgent('eu')
  await site.runs('up')
  await t.test('a change refuses nobody, and the sockets stay', (it) => changeOnce(it, site))
  await t.test('an agent that is killed between two ramps finds who has the sockets', (it) =>
    killBetween(it, site),
  )
  await t.test(
    'an agent that is killed while an old start finishes what it has cuts nobody off',
    (it) => killMeanwhile(it, site),
  )
  await t.test('what is brought down leaves nothing', () => bringDown(site))
})

async function changeOnce(context: TestContext, site: AgentSite): Promise<void> {
  const before = await leasesOf(site)
  assert.equal(await site.runs('ports', 'list'), '', 'the server has leased none itself')
  const loads = await loadAll(context, site, 'one')
  await change(site, 'two')
  await answeredBy(loads, 'two')
  await served(context, loads, 'one', 'two')
  const after = await leasesOf(site)
  for (const name of ['plain', 'shared'] as const) {
    assert.deepEqual([after[name].id, after[name].giving], [before[name].id, 'descriptor'])
    assert.notDeepEqual(after[name].process, before[name].process)
  }
  await assertOneEach(site)
}

async function killBetween(context: TestContext, site: AgentSite): Promise<void> {
  const before = await leasesOf(site)
  const loads = await loadAll(context, site, 'two')
  await site.endAgent('eu', 'SIGKILL')
  await answeredBy(loads, 'two')
  await site.startAgent('eu')
  await answeredBy(loads, 'two')
  const found = await leasesOf(site)
  for (const name of NAMES) {
    assert.deepEqual([found[name].id, found[name].process], [before[name].id, before[name].process])
  }
  await change(site, 'three')
  await answeredBy(loads, 'three')
  await served(context, loads, 'two', 'three')
  await assertOneEach(site)
}

async function killMeanwhile(context: TestContext, site: AgentSite): Promise<void> {
  const before = await leasesOf(site)
  const loads = await loadAll(context, site, 'three')
  const long = fetch(`http://127.0.0.1:${before.shared.claim.port}/long`)
  const changing = site.runWith({ SAYS: 'four' }, 'up')
  const hasGivenWay = async (): Promise<boolean> =>
    (await leasesOf(site)).shared.process?.pid !== before.shared.process?.pid
  await until('the old one has given way', hasGivenWay)
  await site.endAgent('eu', 'SIGKILL')
  await site.startAgent('eu')
  assert.equal(await (await long).text(), 'three', 'what was under way is answered')
  const changed = await changing
  assert.equal(changed.exitCode, 0, changed.stderr)
  await answeredBy(loads, 'four')
  await served(context, loads, 'three', 'four')
  await assertOneEach(site)
}

async function bringDown(site: AgentSite): Promise<void> {
  const leases = await leasesOf(site)
  await site.runs('down')
  assert.deepEqual(leftovers(site.folderOf('eu')), { processes: [], ports: [] })
  for (const name of NAMES) {
    await assert.rejects(fetch(`http://127.0.0.1:${leases[name].claim.port}/`), /fetch failed/)
  }
  const states = (await site.leases('eu')).map(({ state }) => state)
  assert.deepEqual(new Set(states), new Set(['cooling']))
}

async function change(site: AgentSite, says: string): Promise<void> {
  const { exitCode, stderr } = await site.runWith({ SAYS: says }, 'up')
  assert.equal(exitCode, 0, stderr)
}

/** The one lease of each by which others find it: of starts that share, or inherit alone, it is theirs. */
async function leasesOf(site: AgentSite): Promise<Readonly<Record<Name, PortLease>>> {
  const leases = await site.leases('eu')
  const leaseOf = (name: Name): PortLease => {
    const [own, ...others] = leases.filter(
      ({ owner, front }) =>
        owner.service === `shop/eu/${name}` && (front !== undefined) === (name === 'rolled'),
    )
    assert.deepEqual(others, [])
    return own ?? assert.fail(`${name} has a lease`)
  }
  return { plain: leaseOf('plain'), rolled: leaseOf('rolled'), shared: leaseOf('shared') }
}

async function loadAll(
  context: TestContext,
  site: AgentSite,
  says: string,
): Promise<readonly Load[]> {
  const leases = await leasesOf(site)
  const loads = NAMES.map((name) => new Load(context, leases[name].claim.port))
  await answeredBy(loads, says)
  return loads
}

async function answeredBy(loads: readonly Load[], says: string): Promise<void> {
  for (const load of loads) await load.answered(says)
}

async function served(
  context: TestContext,
  loads: readonly Load[],
  ...says: readonly string[]
): Promise<void> {
  await Promise.all(loads.map((load) => load.stop()))
  for (const load of loads) load.assertServed(...says)
  const answers = loads.flatMap((load) => [...load.answers.values()])
  context.diagnostic(`${answers.reduce((sum, count) => sum + count, 0)} requests, none failed`)
}

/** Of each component one start runs, which says where it is. */
async function assertOneEach(site: AgentSite): Promise<void> {
  let running: readonly ComponentView[] = []
  await until('one start of each runs', async () => {
    const told = await site.runs('status', '--json')
    const { environments } = JSON.parse(told) as { environments: readonly EnvironmentView[] }
    const all = environments.flatMap(({ components }) => components)
    running = all.filter(({ status }) => status === 'running')
    return running.length === NAMES.length
  })
  const leases = await leasesOf(site)
  assert.deepEqual(
    running.map(({ subject, ports, fronts }) => [subject, fronts ?? ports]),
    NAMES.map((name) => [`shop/eu/${name}`, { http: leases[name].claim.port }]),
  )
}
