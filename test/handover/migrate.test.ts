/** A component that moves to another address of its machine, under load: nobody notices. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../../src/core/units/json.ts'
import { Bench, Load, OWN_PORT, SERVES, tinyContract, webSaying } from './ramps.ts'

/** The component at an address, saying which; its proof and its variables name it by `self.host`. */
function contract(address: string): Json {
  const host = `$\{self.host}`
  const ready = [SERVES, { tcp: { host, port: OWN_PORT } }]
  const more = { ready, roll: {}, deadline: '30s' }
  return tinyContract(webSaying(`${host}:${OWN_PORT}`, { ports: { http: { address } }, more }))
}

test('a component moves from one address to the next without one failed request', async (context) => {
  const bench = new Bench(context)
  await bench.up(contract('127.0.0.1'))
  const load = new Load(context, await bench.front())
  const said: string[] = []
  for (const address of ['127.0.0.1', '127.0.0.2', '::1']) {
    await bench.up(contract(address))
    const leases = await bench.leases()
    const { claim, servedAt } =
      leases.find(({ state, front }) => state === 'active' && front === undefined) ??
      assert.fail('it serves')
    assert.deepEqual([claim.addresses, servedAt], [[address], [address]])
    said.push(`${address === '::1' ? '[::1]' : address}:${claim.port}`)
    await load.answered(said.at(-1) ?? '')
  }
  await load.stop()
  load.assertServed(...said)
})

test('an address of another machine is refused, and what serves goes on', async (context) => {
  const bench = new Bench(context)
  await bench.up(contract('127.0.0.1'))
  const { ended } = await bench.ramp(contract('192.0.2.1'))
  assert.equal(ended?.outcome, 'undone')
  assert.match(ended?.cause?.sentence ?? '', /192\.0\.2\.1, which is none of this machine/)
  assert.deepEqual(Object.values(await bench.starts()), ['active'])
})
