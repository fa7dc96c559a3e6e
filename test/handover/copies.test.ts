/**
 * Components with copies, by whole ramps: more of them, fewer of them, other ones, one that dies, under
 * requests that never pause. Nobody may be refused, cut off or answered with an error.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Json } from '../../src/core/units/json.ts'
import { until } from '../support/until.ts'
import { Bench, CLIENTS, Load, smokeBy, tinyContract, webSaying } from './ramps.ts'

/** Says its word and which start it is; one of them, if told so, never listens. */
const PROGRAM = `
const { PORT, SAYS, SILENT, RAMPART_INSTANCE: instance } = process.env
const server = require('node:http').createServer((request, response) => {
  setTimeout(() => response.end(SAYS + ' ' + instance), 2)
})
if (SILENT !== instance) server.listen(PORT, '127.0.0.1')
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
setInterval(() => undefined, 1000)
`

interface Variant {
  /** The start that never listens. */
  readonly silent?: string
  /** Run once traffic was moved. */
  readonly proof?: readonly string[]
  readonly deadline?: string
  readonly retry?: { readonly limit: number; readonly backoff: string }
}

/** The environment with so many copies of what says that. */
function contract(copies: number, says = 'one', more: Variant = {}): Json {
  const { silent, proof, ...rest } = more
  const web = webSaying(says, {
    command: [process.execPath, 'copies.cjs'],
    env: silent === undefined ? {} : { SILENT: silent },
    more: { copies, deadline: '30s', ...rest },
  })
  return tinyContract(web, { beside: smokeBy(proof) })
}

async function loaded(context: TestContext, copies: number): Promise<[Bench, Load]> {
  const bench = new Bench(context)
  writeFileSync(join(bench.folder, 'copies.cjs'), PROGRAM)
  await bench.up(contract(copies))
  return [bench, new Load(context, await bench.front())]
}

/** The starts that serve, by their numbers. */
async function active(bench: Bench): Promise<readonly string[]> {
  const starts = Object.entries(await bench.starts())
  return starts.flatMap(([number, state]) => (state === 'active' ? [number] : [])).sort()
}

/** Resolves once each of these starts has answered anew. */
async function eachAnswers(load: Load, says: string, numbers: readonly string[]): Promise<void> {
  for (const number of numbers) await load.answered(`${says} tiny/web#${number}`)
}

test('one becomes three and three become two without one failed request', async (context) => {
  const [bench, load] = await loaded(context, 1)
  await eachAnswers(load, 'one', ['1'])
  await bench.up(contract(3))
  assert.deepEqual(await active(bench), ['1', '2', '3'], 'what ran already was taken over')
  await eachAnswers(load, 'one', ['1', '2', '3'])
  await bench.up(contract(2))
  assert.deepEqual(await active(bench), ['1', '2'])
  assert.equal((await bench.pids()).length, 2)
  await eachAnswers(load, 'one', ['1', '2'])
  await bench.up(contract(2, 'two'))
  assert.deepEqual(await active(bench), ['4', '5'], 'all of them are replaced')
  await eachAnswers(load, 'two', ['4', '5'])
  await bench.up(contract(1, 'two'))
  assert.equal((await active(bench)).length, 1)
  await load.stop()
  assert.deepEqual(load.failures, [])
  const starts = [...load.answers.keys()].sort()
  assert.deepEqual(starts, [
    ...['one tiny/web#1', 'one tiny/web#2', 'one tiny/web#3'],
    ...['two tiny/web#4', 'two tiny/web#5'],
  ])
})

test('one copy that never becomes ready leaves the earlier set as it was', async (context) => {
  const [bench, load] = await loaded(context, 2)
  const silent = 'tiny/web#4'
  const { ended } = await bench.ramp(contract(3, 'two', { silent, deadline: '2s' }))
  assert.equal(ended?.outcome, 'undone')
  assert.deepEqual(await active(bench), ['1', '2'])
  assert.equal((await bench.pids()).length, 2, 'the new ones are gone')
  await eachAnswers(load, 'one', ['1', '2'])
  await load.stop()
  load.assertServed('one tiny/web#1', 'one tiny/web#2')
})

test('a copy that fails is tried again by itself, and the others run on', async (context) => {
  const [bench, load] = await loaded(context, 1)
  const retry = { limit: 1, backoff: '10ms' }
  await bench.up(contract(3, 'two', { silent: 'tiny/web#3', deadline: '2s', retry }))
  assert.deepEqual(await active(bench), ['2', '4', '5'])
  await eachAnswers(load, 'two', ['2', '4', '5'])
  await load.stop()
  assert.deepEqual(load.failures, [])
})

test('a ramp that breaks after traffic was moved brings back exactly those that served', async (context) => {
  const [bench, load] = await loaded(context, 2)
  const proof = [process.execPath, '-e', 'process.exit(3)']
  // More of the same, fewer of the same, other ones, and one that is not different at all.
  for (const [copies, says] of [
    [4, 'one'],
    [1, 'one'],
    [3, 'two'],
    [2, 'one'],
  ] as const) {
    assert.equal((await bench.ramp(contract(copies, says, { proof }))).ended?.outcome, 'undone')
    assert.deepEqual(await active(bench), ['1', '2'], `after ${copies} of ${says}`)
    await eachAnswers(load, 'one', ['1', '2'])
  }
  assert.equal((await bench.pids()).length, 2)
  await load.stop()
  assert.deepEqual(load.failures, [])
})

test('one that is killed loses what was in flight there, nobody else, and comes back alone', async (context) => {
  const [bench, load] = await loaded(context, 3)
  await eachAnswers(load, 'one', ['1', '2', '3'])
  const [victim] = await bench.pids()
  process.kill(victim ?? assert.fail('it runs'), 'SIGKILL')
  await until('its death is recorded', async () => (await bench.starts())['1'] === 'cooling')
  await eachAnswers(load, 'one', ['2', '3'])
  const lostThen = lost(load)
  assert.ok(lostThen <= CLIENTS, `${lostThen} were in flight`)
  await bench.up(contract(3))
  assert.deepEqual(await active(bench), ['2', '3', '4'], 'only what was missing was started')
  await eachAnswers(load, 'one', ['2', '3', '4'])
  await load.stop()
  assert.equal(lost(load), lostThen, 'nobody was refused afterwards')
  assert.ok(load.failures.every((failure) => !failure.includes('ECONNREFUSED')))
  context.diagnostic(JSON.stringify({ lost: lostThen, answers: Object.fromEntries(load.answers) }))
})

/** Requests that were cut off, whether the front could still say so or not. */
function lost({ answers, failures }: Load): number {
  const told = [...answers].filter(([says]) => !says.startsWith('one '))
  return failures.length + told.reduce((sum, [, count]) => sum + count, 0)
}

test('the next daemon knows which copy each start is', async (context) => {
  const [bench, load] = await loaded(context, 3)
  await bench.close()
  await bench.up(contract(2))
  assert.deepEqual(await active(bench), ['1', '2'])
  await bench.up(contract(3))
  assert.deepEqual(await active(bench), ['1', '2', '4'])
  await load.stop()
  assert.deepEqual(load.failures, [])
})
