/**
 * Components whose starts share a listening socket, by whole ramps and under requests that never pause:
 * no front stands before them, the port stays the same, and nobody is refused, cut off or left waiting.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import { until } from '../support/until.ts'
import { Bench } from './ramps.ts'
import { leaseOf, loaded, sharing } from './sharing.ts'

const FAILS = [process.execPath, '-e', 'process.exit(3)']

test('starts take turns at one socket without one failed request, also across daemons', async (context) => {
  const [bench, load, first] = await loaded(context)
  for (const says of ['two', 'three', 'four slowly', 'five', 'six']) {
    const { ended } = await bench.ramp(sharing(says))
    assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
    load.answers.delete('one')
    await load.answered(says)
    if (says === 'three') await bench.close()
  }
  await load.stop()
  load.assertServed('two', 'three', 'four slowly', 'five', 'six')
  const lease = await leaseOf(bench)
  assert.deepEqual([lease.id, lease.state, lease.giving], [first.id, 'ready', 'descriptor'])
  assert.notDeepEqual(lease.process, first.process)
  assert.equal((await bench.pids()).length, 1)
})

test('the port is told of at every moment of a change', async (context) => {
  const [bench, load, lease] = await loaded(context)
  const { leasing } = await bench.parts()
  const broker = present(leasing, 'ports are leased').broker
  const states = new Set<string>()
  const stop = broker.onChanged(() => {
    for (const { id, state } of broker.leases()) if (id === lease.id) states.add(state)
  })
  await bench.up(sharing('two'))
  await load.answered('two')
  stop()
  await load.stop()
  assert.deepEqual([...states], ['ready'])
})

test('one that never proves itself, or a ramp that breaks after it has, leaves the old one alone', async (context) => {
  const [bench, load, lease] = await loaded(context)
  for (const [says, proof] of [
    ['never', undefined],
    ['two', FAILS],
  ] as const) {
    const { ended } = await bench.ramp(sharing(says, { proof }))
    assert.equal(ended?.outcome, 'undone')
    load.answers.delete('two')
    await load.answered('one')
    const now = await leaseOf(bench)
    assert.deepEqual([now.state, now.process], ['ready', lease.process])
  }
  await load.stop()
  load.assertServed('one')
})

test('an old one that is killed leaves the socket to the new one', async (context) => {
  const [bench, load, lease] = await loaded(context, 'endless')
  const ramp = bench.ramp(sharing('two'))
  const isNew = async (): Promise<boolean> =>
    (await leaseOf(bench)).process?.pid !== lease.process?.pid
  await until('it has given way', isNew)
  // Those who are connected to it are nobody else's before it ends.
  process.kill(-present(lease.process, 'it has one').pid, 'SIGKILL')
  await load.answered('two')
  const { ended } = await ramp
  assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
  await load.stop()
  const now = await leaseOf(bench)
  assert.deepEqual([now.state, (await bench.pids()).length], ['ready', 1])
})

test('an old one that an earlier daemon has asked to end finishes what it has', async (context) => {
  const [bench, load, { process: old, claim }] = await loaded(context)
  const long = fetch(`http://127.0.0.1:${claim.port}/long`)
  await bench.open(sharing('two'), 'up')
  await until('it has given way', async () => (await leaseOf(bench)).process?.pid !== old?.pid)
  await bench.close()
  await bench.parts()
  assert.equal(await (await long).text(), 'one')
  await until('it is gone', async () => (await bench.pids()).length === 1)
  await load.answered('two')
  await load.stop()
  load.assertServed('one', 'two')
})

test('one that is taken back finishes what it has, in the time that the old one would have', async (context) => {
  const bench = new Bench(context)
  await bench.up(sharing('one'))
  const { claim, process: old } = await leaseOf(bench)
  const waits = `setInterval(() => require('fs').existsSync('go') && process.exit(3), 20)`
  const proof = [process.execPath, '-e', waits]
  const ramp = await bench.open(sharing('two', { proof, more: { stop: { grace: '1s' } } }), 'up')
  // Only the new one can take what comes now.
  const group = -present(old, 'it runs').pid
  process.kill(group, 'SIGSTOP')
  const long = fetch(`http://127.0.0.1:${claim.port}/long`)
  assert.equal(await (await fetch(`http://127.0.0.1:${claim.port}/`)).text(), 'two')
  process.kill(group, 'SIGCONT')
  writeFileSync(join(bench.folder, 'go'), '')
  assert.equal(await (await long).text(), 'two')
  assert.equal((await ramp.ended).ended?.outcome, 'undone')
})

test('one that does not end in the time that it is given is killed, and the record says so', async (context) => {
  const [bench, load] = await loaded(context, 'endless')
  const { ended, stages } = await bench.ramp(sharing('two', { roll: { drain: '1s' } }))
  assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
  const retired = stages.find(({ name }) => name === 'web/retire')
  assert.equal(retired?.outputs['forced'], true)
  const started = stages.find(({ name }) => name === 'web')
  assert.deepEqual(started?.outputs['sharesWith'], ['tiny/web#1'])
  await load.stop()
  assert.equal((await bench.pids()).length, 1)
})

test('once the old one is asked to end, a ramp that is taken back leaves the new one serving', async (context) => {
  const [bench, load, lease] = await loaded(context)
  const long = fetch(`http://127.0.0.1:${lease.claim.port}/long`)
  const { ended, state } = await bench.open(sharing('two'), 'up')
  const isAsked = (): boolean => {
    return state()?.stages.find(({ name }) => name === 'web/retire')?.phase === 'entered'
  }
  await until('the old one is asked to end', isAsked)
  const { engine } = await bench.parts()
  const { ramp } = present(state(), 'it goes on')
  await engine.speak({ ramp, by: 'test', word: { say: 'abort', undo: true, why: 'tried' } })
  assert.equal((await ended).ended?.outcome, 'undone')
  assert.equal(await (await long).text(), 'one')
  load.answers.delete('one')
  await load.answered('two')
  await load.stop()
  load.assertServed('two')
  await bench.up(sharing('two'))
  assert.equal((await bench.pids()).length, 1)
})
