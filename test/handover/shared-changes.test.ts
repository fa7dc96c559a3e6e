/**
 * Components that begin to share a listening socket or cease to, and sockets that nothing holds any more: each
 * change goes without a gap, or is refused in words that say what to do, and who serves serves on.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import type { Json, JsonObject } from '../../src/core/units/json.ts'
import { keeperOf } from '../ports/workbench.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { Bench, Load, OWN_PORT, tinyContract, webSaying } from './ramps.ts'
import { ACCEPTS, leaseOf, loaded, SHARING_SERVER, type SharingWishes, sharing } from './sharing.ts'

/** Why a ramp was taken back. */
async function refused(bench: Bench, value: Json): Promise<string> {
  const { ended } = await bench.ramp(value)
  assert.equal(ended?.outcome, 'undone')
  return ended?.cause?.sentence ?? ''
}

/** The component as the only start that there is, and that port of it. */
function alone(says: string, port: JsonObject): Json {
  const env = { SAYS: says, PORT: OWN_PORT }
  return tinyContract({
    run: { command: SHARING_SERVER, ports: { http: port }, env },
    ready: [ACCEPTS],
  })
}

const INHERITED = { inherit: true }

/** The component behind a front. */
function fronted(says: string): Json {
  return tinyContract(webSaying(says))
}

test('once what holds the socket is killed, the next one holds a copy, and nobody notices', async (context) => {
  const [bench, load, lease] = await loaded(context)
  const keeperIn = async (): Promise<number | undefined> =>
    await keeperOf(join(bench.folder, '.rampart'))
  const keeper = present(await keeperIn(), 'there is one')
  process.kill(keeper, 'SIGKILL')
  const isAnother = async (): Promise<boolean> => ![undefined, keeper].includes(await keeperIn())
  await until('there is another one', isAnother)
  await bench.up(sharing('two'))
  load.answers.delete('one')
  await load.answered('two')
  // Both together, so that nobody but the start has it.
  await bench.close()
  process.kill(present(await keeperIn(), 'there is one'), 'SIGKILL')
  await bench.up(sharing('three'))
  await load.answered('three')
  await load.stop()
  load.assertServed('two', 'three')
  const now = await leaseOf(bench)
  assert.deepEqual([now.id, now.state], [lease.id, 'ready'])
})

test('one that inherits begins to share, and ceases to, without a failed request', async (context) => {
  const bench = new Bench(context)
  await bench.up(alone('one', INHERITED))
  const load = new Load(context, (await leaseOf(bench)).claim.port)
  await load.answered('one')
  await bench.up(sharing('two'))
  await load.answered('two')
  await bench.up(alone('three', INHERITED))
  await load.answered('three')
  await load.stop()
  load.assertServed('one', 'two', 'three')
})

test('ports that it shares come and go, and nobody waits at one that is gone', async (context) => {
  const wishes = (...names: readonly string[]): SharingWishes => ({
    ports: Object.fromEntries(names.map((name) => [name, {}])),
  })
  const bench = new Bench(context)
  await bench.up(sharing('one', wishes('http')))
  const first = await leaseOf(bench)
  const load = new Load(context, first.claim.port)
  await load.answered('one')
  await bench.up(sharing('two', wishes('admin', 'http')))
  const leases = await bench.leases()
  const gone = present(leases.find(({ owner }) => owner.port === 'admin')?.id, 'it has that, too')
  await bench.up(sharing('three', wishes('http', 'other')))
  await load.answered('three')
  // A socket that waited for the next start would do so for a minute.
  const isOver = ({ id, state }: PortLease): boolean => id === gone && state === 'cooling'
  await until('the one that is gone cools', async () => (await bench.leases()).some(isOver), 20_000)
  await load.stop()
  load.assertServed('one', 'two', 'three')
})

function portsFrom(first: number): Json {
  const range = { ports: `${first}-${first + 9}`, for: { service: 'tiny/*' } }
  const spec = { cooling: '200ms', ranges: { tiny: range } }
  return { apiVersion: 'rampart/v1', kind: 'Ports', metadata: { name: 'tiny-ports' }, spec }
}

test('where an amended contract moves the port, nobody waits at the one before', async (context) => {
  const bench = new Bench(context)
  // In the end the component goes first.
  await bench.up(sharing('one'))
  await bench.ramp(sharing('one'), 'down')
  const first = 20_000 + ((await freePort()) % 5_000)
  await bench.up(portsFrom(first))
  await bench.up(sharing('one'))
  const isRuled = ({ rule }: PortLease): boolean => rule.contract !== undefined
  const old = present((await bench.leases()).find(isRuled), 'it has a port')
  const { leasing } = await bench.parts()
  const broker = present(leasing, 'ports are leased').broker
  const states = new Set<string>()
  broker.onChanged(() => {
    for (const { id, state } of broker.leases()) if (id === old.id) states.add(state)
  })
  const amendment = await bench.open(portsFrom(first + 100), 'up')
  await until('it is amended', () => broker.enforced.whyOutdated(old) !== undefined)
  await bench.up(sharing('two'))
  assert.equal((await amendment.ended).ended?.outcome, 'reached')
  assert.deepEqual([states.has('held'), states.has('cooling')], [false, true])
})

test('one that was told its number, or has a front, is to be brought down before', async (context) => {
  const bench = new Bench(context)
  const numbered = alone('one', {})
  await bench.up(numbered)
  assert.match(
    await refused(bench, sharing('two')),
    /was told the number of port http, .* Bring the component down before/,
  )
  await bench.ramp(numbered, 'down')
  await bench.up(fronted('one'))
  assert.match(await refused(bench, sharing('two')), /as its front. Bring the component down/)
  await bench.ramp(fronted('one'), 'down')
  await bench.up(sharing('two'))
  assert.match(
    await refused(bench, fronted('three')),
    /has as the only start, .* Bring the component down before/,
  )
  // The front that came to nothing cools, and is in nobody's way.
  await bench.up(sharing('four'))
})
