/**
 * Components that are replaced without a gap, by whole ramps: real processes behind a real front, under
 * requests that never pause. Nobody may be refused, cut off or answered with an error.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Json, JsonObject } from '../../src/core/units/json.ts'
import { Bench, Load, smokeBy, tinyContract, webSaying } from './ramps.ts'

/** The component, saying that; and perhaps a proof of the whole that fails. */
function contract(says: string, proof?: readonly string[], more: JsonObject = {}): Json {
  return tinyContract(webSaying(says, { more }), { beside: smokeBy(proof) })
}

async function loaded(context: TestContext, bench: Bench): Promise<Load> {
  await bench.up(contract('one'))
  const load = new Load(context, await bench.front())
  await load.answered('one')
  return load
}

test('a changed component is replaced without one failed request, and the old one is gone', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  for (const says of ['two', 'three']) {
    const { ended } = await bench.ramp(contract(says))
    assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
    await load.answered(says)
  }
  await load.stop()
  load.assertServed('one', 'two', 'three')
  const { leasing, components } = await bench.parts()
  const running = components.list().filter(({ status }) => status === 'running')
  assert.equal(running.length, 1)
  const active = leasing?.broker.leases().filter(({ state }) => state === 'active')
  assert.deepEqual(
    active?.map(({ owner }) => owner.instance),
    ['3'],
  )
})

test('one that never becomes ready leaves the old one as it was', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  assert.equal((await bench.ramp(contract('never'))).ended?.outcome, 'undone')
  await load.answered('one')
  await load.stop()
  load.assertServed('one')
})

test('one that the ramp may go on without leaves the old one as it was, too', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  await bench.up(contract('never', undefined, { optional: true }))
  await load.answered('one')
  await load.stop()
  load.assertServed('one')
  assert.equal((await bench.starts())['1'], 'active')
})

test('one that has not changed serves on when the ramp is taken back', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  const { ended } = await bench.ramp(contract('one', [process.execPath, '-e', 'process.exit(3)']))
  assert.equal(ended?.outcome, 'undone')
  await load.answered('one')
  await load.stop()
  load.assertServed('one')
})

test('a ramp that breaks after the switch sends traffic back', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  const proof = [process.execPath, '-e', 'process.exit(3)']
  const { ended } = await bench.ramp(contract('two', proof))
  assert.equal(ended?.outcome, 'undone')
  load.answers.delete('two')
  await load.answered('one')
  await load.stop()
  load.assertServed('one')
})

test('the next daemon finds the front open, and goes on from there', async (context) => {
  const bench = new Bench(context)
  const load = await loaded(context, bench)
  await bench.close()
  await load.answered('one')
  const { ended } = await bench.ramp(contract('two'))
  assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
  await load.answered('two')
  await load.stop()
  load.assertServed('one', 'two')
})
