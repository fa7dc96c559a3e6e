/** Several starts of one component side by side, told apart by which copy each is. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { until } from '../../../test/support/until.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { isAlive, makeOrder, makeWorkbench, shell, start, stop } from './fixtures/workbench.ts'
import type { ProcessRuntime } from './process-runtime.ts'

const SLEEPS = 'exec sleep 60'

/** A start of one copy, which goes on beside whatever runs. */
function copyOf(copy: number, other: JsonObject = {}): JsonObject {
  return shell(SLEEPS, { beside: true, copy, ...other })
}

/** The names of two copies that run. */
async function twoCopies(runtime: ProcessRuntime): Promise<readonly [string, string]> {
  const one = await start(runtime, copyOf(1), { id: 'up-1/api/1/1' })
  const two = await start(runtime, copyOf(2), { id: 'up-1/api/2/2', fence: 2 })
  return [one.instance, two.instance]
}

function opened(context: TestContext): ProcessRuntime {
  return makeWorkbench(context).open()
}

test('a copy is taken over by its number alone, and the only start of a component is the first', async (context) => {
  const runtime = opened(context)
  const only = await start(runtime, shell(SLEEPS))
  const again = { ramp: 'up-2', id: 'up-2/api/1/1' }
  assert.equal((await start(runtime, copyOf(1), again)).instance, only.instance)
  const two = await start(runtime, copyOf(2), { ramp: 'up-2', id: 'up-2/api/2/2', fence: 2 })
  assert.deepEqual([two.instance, two.adopted], ['shop/api#2', false])
  const other = { ramp: 'up-3', id: 'up-3/api/2/1' }
  const same = await start(runtime, copyOf(2), other)
  assert.deepEqual([same.instance, same.adopted], ['shop/api#2', true])
  const changed = await start(runtime, copyOf(2, { digest: 'sha256:2' }), {
    ...{ ramp: 'up-4', id: 'up-4/api/2/1' },
  })
  assert.equal(changed.instance, 'shop/api#3')
})

test('the next daemon knows the copies by their records', async (context) => {
  const bench = makeWorkbench(context)
  const earlier = bench.open()
  await twoCopies(earlier)
  earlier.close()
  const later = bench.open()
  const look = makeOrder('look', { subject: 'shop/api', copy: 2 }, { ramp: 'watch-1' })
  assert.deepEqual((await later.run(look)).outputs['copy'], 2)
})

test('a look finds the copy that is asked for, and says when it is gone', async (context) => {
  const runtime = opened(context)
  const [one, two] = await twoCopies(runtime)
  const looked = async (copy: number): Promise<unknown> => {
    const input = { subject: 'shop/api', copy, mustRun: true }
    const { outputs, sentence } = await runtime.run(makeOrder('look', input, { ramp: 'watch-1' }))
    return outputs['instance'] ?? sentence
  }
  assert.deepEqual([await looked(1), await looked(2)], [one, two])
  assert.equal(await looked(3), 'Copy 3 of shop/api is not running.')
})

test('a copy is stopped alone', async (context) => {
  const runtime = opened(context)
  const [one, two] = await twoCopies(runtime)
  assert.equal((await stop(runtime, { copy: 1 })).reason, 'stopped')
  assert.deepEqual([runtime.state(one)?.status, runtime.state(two)?.status], ['exited', 'running'])
})

test('copies that take their time to end do so side by side', async (context) => {
  const runtime = opened(context)
  const slow = shell('trap "sleep 1; exit 0" TERM; echo ready; while :; do sleep 0.05; done')
  const names: string[] = []
  for (const copy of [1, 2, 3, 4]) {
    const input = { ...slow, beside: true, copy }
    const { instance } = await start(runtime, input, { id: `up-1/api/${copy}/1`, fence: copy })
    names.push(instance)
  }
  const isReady = (): boolean => runtime.tailLogs('shop/api', 10).length === names.length
  await until('all are ready', isReady)
  const startMs = performance.now()
  const stops = [1, 2, 3, 4].map((copy) => stop(runtime, { copy }))
  assert.deepEqual(
    (await Promise.all(stops)).map(({ reason }) => reason),
    names.map(() => 'stopped'),
  )
  const tookMs = performance.now() - startMs
  context.diagnostic(`${Math.round(tookMs)} ms`)
  assert.ok(tookMs < 3_500, `${tookMs} ms, and one after the other takes more than 4 s`)
})

test('nothing is ended for copies of which one does not run any more', async (context) => {
  const runtime = opened(context)
  const old = await start(runtime, shell(SLEEPS, { digest: 'sha256:0' }), { ramp: 'up-0' })
  const [one, two] = await twoCopies(runtime)
  await stop(runtime, { copy: 2 })
  const refused = await stop(runtime, { except: [one, two] })
  assert.deepEqual([refused.verdict, refused.reason], ['failed', 'nobody-in-its-place'])
  assert.equal(isAlive(old.pid), true)
  assert.equal((await stop(runtime, { except: one })).reason, 'stopped')
  assert.deepEqual(
    [runtime.state(old.instance)?.status, runtime.state(one)?.status],
    ['exited', 'running'],
  )
})

test('orders about different copies come in any order, and those of an old owner not at all', async (context) => {
  const runtime = opened(context)
  await start(runtime, copyOf(2), { id: 'up-1/api/2/2', fence: 2 })
  await start(runtime, copyOf(1), { id: 'up-1/api/1/1', fence: 1 })
  await stop(runtime, {}, { fence: 9 })
  const late = await runtime.run(makeOrder('start', copyOf(3), { id: 'up-1/api/3/3', fence: 3 }))
  assert.equal(late.reason, 'fenced')
})

test('what copies write says which of them wrote it', async (context) => {
  const runtime = opened(context)
  await start(runtime, copyOf(2, { command: ['sh', '-c', 'echo two; exec sleep 60'] }))
  const lines = (): readonly unknown[] =>
    runtime.tailLogs('shop/api', 9).map(({ copy, text }) => [copy, text])
  await until('it is carried over', () => lines().length > 0)
  assert.deepEqual(lines(), [[2, 'two']])
})
