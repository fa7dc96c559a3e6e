/** What a server tells of how ports change hands, and of fronts that proxies carry, at the command line. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { collectingParts, runInProcess } from '../../../test/support/cli.ts'
import { openNetServer } from '../../../test/support/net-server.ts'
import { openFolder } from '../../../test/support/rampart.ts'
import { parseContracts } from '../../contracts/index.ts'
import { toConnectPolicy, toPolicy } from '../../contracts/ports/definition.ts'
import { present } from '../../core/fault/assert.ts'
import type { CarriedFront } from '../../core/port/carried-front.ts'
import { towardServer } from '../choose-server.ts'
import { runPlan } from './plan.ts'

const PORTS = `apiVersion: rampart/v1
kind: Ports
metadata: { name: shop-ports }
spec:
  ranges: { shop: { ports: 21000-21099, for: { service: shop/* } } }
  transitions: { roll: { drain: 20s, linger: 2s, cooling: 90s } }
`

const SHOP = `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  components:
    api: { run: { command: [api], ports: { http: {} } }, roll: {} }
`

const FRONT: CarriedFront = {
  ...{ service: 'shop/api', port: 'http', host: '127.0.0.1', number: 8_080 },
  carrier: { plane: 'haproxy', socket: '/run/haproxy.sock', backend: 'api' },
}

test('rules in force, and fronts that proxies carry, are told by the server that knows them', async (t) => {
  const { origin, parts, tokenFor } = await openNetServer(t)
  const broker = present(parts.ports, 'the server leases ports')
  const [contract] = parseContracts([{ path: 'ports.yaml', text: PORTS }]).contracts
  assert.ok(contract?.kind === 'Ports')
  const { name, digest, definition } = contract
  const rules = { policy: toPolicy(contract), connect: toConnectPolicy(contract) }
  const { transitions } = definition
  await broker.enforce({ contract: name, digest, ramp: 'up-1', ...rules, transitions })
  await broker.carried.open(FRONT)
  const folder = openFolder(t)
  writeFileSync(join(folder, 'shop.yaml'), SHOP)
  const run = async (contracts: readonly string[], ...argv: readonly string[]): Promise<string> => {
    const who = `viewer-${contracts.length}-${argv.join('-')}`
    const { secret } = await tokenFor(who, [{ role: 'viewer', scope: { contracts } }])
    const settings = { RAMPART_TOKEN: secret }
    const { stdout, stderr } = await runInProcess(['--server', origin, ...argv], folder, settings)
    assert.equal(stderr.includes('Error'), false, stderr)
    return stdout
  }
  const all = ['Environment/shop', 'Ports/shop-ports']
  const { secret: token } = await tokenFor('planner', [{ role: 'viewer', scope: {} }])
  const plan = async (options: { readonly json?: true } = {}): Promise<string> => {
    const here = collectingParts(folder, { settings: { RAMPART_TOKEN: token } })
    await runPlan(towardServer(here, { server: origin }), 'shop.yaml', options)
    assert.equal(here.stderrText(), '')
    return here.stdoutText()
  }
  const planned = await plan()
  assert.match(
    planned,
    /When ports change hands:\n {2}shop\/api http, range shop of shop-ports:\n {4}scale-up: /,
  )
  assert.match(
    planned,
    /\n {4}roll: the old one has at most 20s to finish, and 2s more; .* 1m30s, by/,
  )
  const { handOvers } = JSON.parse(await plan({ json: true }))
  assert.deepEqual(handOvers[2].parting, {
    ...{ event: 'roll', by: 'contract', contract: 'shop-ports' },
    ...{ drainMs: 20_000, lingerMs: 2_000, coolingMs: 90_000 },
  })
  const listed = await run(all, 'ports', 'list')
  assert.match(
    listed,
    /^FRONT +SERVICE +PORT NAME +CARRIED BY\n127\.0\.0\.1:8080 +shop\/api +http +HAProxy, by its backend api/,
  )
  assert.deepEqual(JSON.parse(await run(all, 'ports', 'list', '--json')), { carried: FRONT })
  assert.equal(await run(['Environment/bank'], 'ports', 'list', '--json'), '', 'none of theirs')
})
