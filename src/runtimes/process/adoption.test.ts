/** What the next daemon makes of what a killed one has left, with real processes and real kills. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { until } from '../../../test/support/until.ts'
import type { Order } from '../../seams/actuator.ts'
import {
  assertNothingLeft,
  contents,
  ended,
  isAlive,
  makeOrder,
  makeWorkbench,
  type StartOutputs,
  shell,
  start,
  stop,
  type Workbench,
} from './fixtures/workbench.ts'

const HOST = join(import.meta.dirname, 'fixtures', 'host.ts')

interface Host {
  readonly child: ChildProcess
  readonly outputs: StartOutputs
}

function spawnHost(bench: Workbench, order: Order): ChildProcess {
  const words = [HOST, bench.folder, bench.workspace, JSON.stringify(order)]
  return spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
}

/** Starts a daemon in miniature and waits for its answer. */
async function host(bench: Workbench, order: Order): Promise<Host> {
  const child = spawnHost(bench, order)
  assert.ok(child.stdout !== null)
  const [line] = await once(createInterface(child.stdout), 'line')
  const answer = JSON.parse(line)
  assert.equal(answer.verdict, 'done', answer.sentence)
  return { child, outputs: answer.outputs }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

test('a component outlives its killed daemon, and the next one takes it over', async (context) => {
  const bench = makeWorkbench(context)
  const code = `n=0; while :; do n=$((n+1)); echo "line $n"; sleep 0.02; done`
  const { child, outputs } = await host(bench, makeOrder('start', shell(code)))
  await until('it writes', () => contents(outputs.out).includes('line 2\n'))
  await kill(child)
  const before = contents(outputs.out).length
  await until('it goes on', () => contents(outputs.out).length > before)
  const runtime = bench.open()
  const state = runtime.state(outputs.instance)
  assert.deepEqual([state?.status, state?.pid], ['running', outputs.pid])
  const live = runtime.followLogs({ subject: 'shop/api', signal: AbortSignal.timeout(60_000) })
  for await (const { stream } of live) {
    assert.equal(stream, 'out')
    break
  }
  const answer = await stop(runtime)
  assert.equal(answer.reason, 'stopped', answer.sentence)
  assert.equal(runtime.state(outputs.instance)?.signal, 'SIGTERM')
  const raw = contents(outputs.out).trim().split('\n')
  const logged = runtime.tailLogs('shop/api', 10_000).map(({ text }) => text)
  assert.deepEqual(logged, raw, 'no line is lost or doubled between the two daemons')
  assertNothingLeft(bench.workspace)
})

test('the exit code of a component that was taken over is noticed at once', async (context) => {
  const bench = makeWorkbench(context)
  const go = join(bench.workspace, 'go')
  const code = `while [ ! -e ${go} ]; do sleep 0.01; done; exit 42`
  const { child, outputs } = await host(bench, makeOrder('start', shell(code)))
  await kill(child)
  const runtime = bench.open()
  writeFileSync(go, '')
  await ended(runtime, outputs.instance)
  assert.equal(runtime.state(outputs.instance)?.code, 42)
})

test('the exit code of a component that ended without any daemon is known', async (context) => {
  const bench = makeWorkbench(context)
  const go = join(bench.workspace, 'go')
  const code = `while [ ! -e ${go} ]; do sleep 0.01; done; exit 3`
  const { child, outputs } = await host(bench, makeOrder('start', shell(code)))
  await kill(child)
  writeFileSync(go, '')
  await until('it is gone', () => !isAlive(outputs.pid))
  const state = bench.open().state(outputs.instance)
  assert.deepEqual([state?.status, state?.code], ['exited', 3])
  assert.ok((state?.endedAtMs ?? 0) >= outputs.startedAtMs)
})

test('a component that was killed together with everything else is lost', async (context) => {
  const bench = makeWorkbench(context)
  const { child, outputs } = await host(bench, makeOrder('start', shell('sleep 1000')))
  await kill(child)
  process.kill(-outputs.pid, 'SIGKILL')
  await until('it is gone', () => !isAlive(outputs.pid))
  const runtime = bench.open()
  assert.equal(runtime.state(outputs.instance)?.status, 'lost')
  assert.equal((await stop(runtime)).reason, 'already-gone')
})

test('a stop repeated in the next daemon asks nobody a second time, and begins no new grace', {
  timeout: 120_000,
}, async (context) => {
  const bench = makeWorkbench(context)
  const count = join(bench.workspace, 'count')
  const code = `trap 'echo asked >> ${count}' TERM; echo ready; while :; do sleep 0.02; done`
  const first = await host(bench, makeOrder('start', shell(code)))
  await until('it is ready', () => contents(first.outputs.out) === 'ready\n')
  await kill(first.child)
  const id = 'up-1/api/9'
  const policy = { signal: 'SIGTERM', graceMs: 3_000 }
  const order = makeOrder('stop', { subject: 'shop/api', stop: policy }, { id, fence: 9 })
  const second = spawnHost(bench, order)
  await until('it was asked', () => contents(join(first.outputs.out, '../asked.json')) !== '')
  await kill(second)
  const answer = await stop(bench.open(), { stop: { ...policy, graceMs: 600_000 } }, { id })
  assert.equal(answer.reason, 'killed', answer.sentence)
  assert.equal(contents(count), 'asked\n')
})

test('an order repeated in the next daemon starts nothing a second time', async (context) => {
  const bench = makeWorkbench(context)
  const count = join(bench.workspace, 'count')
  const order = makeOrder('start', shell(`echo start >> ${count}; exec sleep 1000`))
  const { child, outputs } = await host(bench, order)
  await until('it counts', () => contents(count) !== '')
  await kill(child)
  const runtime = bench.open()
  const again = await start(runtime, order.input)
  assert.deepEqual(
    [again.instance, again.pid, again.adopted],
    [outputs.instance, outputs.pid, false],
  )
  assert.equal(contents(count), 'start\n')
})

test('an order given to several daemons at once starts it exactly once', async (context) => {
  const bench = makeWorkbench(context)
  const count = join(bench.workspace, 'count')
  const order = makeOrder('start', shell(`echo start >> ${count}; exec sleep 1000`))
  const runtimes = [bench.open(), bench.open(), bench.open()]
  const outputs = await Promise.all(runtimes.map((runtime) => start(runtime, order.input)))
  assert.deepEqual([...new Set(outputs.map(({ instance }) => instance))], ['shop/api#1'])
  await until('it counts', () => contents(count) !== '')
  await until('all know the same process', () => {
    const pids = runtimes.map((runtime) => runtime.state('shop/api#1')?.pid)
    return new Set(pids).size === 1 && isAlive(pids[0] ?? 0)
  })
  const [runtime] = runtimes
  assert.ok(runtime !== undefined)
  await stop(runtime)
  assertNothingLeft(bench.workspace)
  assert.equal(contents(count), 'start\n')
})

test('a daemon killed within a start, and the order repeated, start it once', async (context) => {
  const bench = makeWorkbench(context)
  const count = join(bench.workspace, 'count')
  const order = makeOrder('start', shell(`echo start >> ${count}; exec sleep 1000`))
  for (const delayMs of [60, 90, 110, 130, 150, 170]) {
    const child = spawnHost(bench, order)
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    await kill(child)
    const runtime = bench.open()
    const { instance } = await start(runtime, order.input)
    await until('it counts', () => contents(count) !== '')
    assert.equal(runtime.state(instance)?.status, 'running')
    await stop(runtime, {}, { fence: 1 })
    runtime.close()
    assert.equal(contents(count), 'start\n', `killed after ${delayMs} ms`)
    assertNothingLeft(bench.workspace)
    rmSync(bench.folder, { recursive: true })
    rmSync(count)
  }
})

test('a record without a claim is started by the repeated order', async (context) => {
  const bench = makeWorkbench(context)
  const first = bench.open()
  const { instance, out } = await start(first, shell('sleep 1000'))
  await stop(first)
  first.close()
  // As if the daemon had been killed between the record and the spawn.
  for (const name of ['pid', 'exit', 'ended.json']) {
    rmSync(join(dirname(out), name), { force: true })
  }
  const second = bench.open()
  assert.equal(second.state(instance)?.status, 'lost')
  const again = await start(second, shell('sleep 1000'), { fence: 9 })
  assert.equal(again.instance, instance)
  assert.equal(second.state(instance)?.status, 'running')
  assert.equal(isAlive(again.pid), true)
})

test('a start that was recorded but stopped before it happened never happens', async (context) => {
  const bench = makeWorkbench(context)
  const first = bench.open()
  const { out } = await start(first, shell('exit 0'))
  await ended(first, 'shop/api#1')
  first.close()
  for (const name of ['pid', 'exit', 'ended.json']) {
    rmSync(join(dirname(out), name), { force: true })
  }
  const second = bench.open()
  assert.equal((await stop(second)).verdict, 'done')
  const answer = await second.run(makeOrder('start', shell('exit 0'), { fence: 9 }))
  assert.deepEqual([answer.verdict, answer.reason], ['failed', 'cancelled'])
})

test('a process given the pid of a component is not taken for it', async (context) => {
  const bench = makeWorkbench(context)
  const { child, outputs } = await host(bench, makeOrder('start', shell('sleep 1000')))
  await kill(child)
  process.kill(-outputs.pid, 'SIGKILL')
  await until('it is gone', () => !isAlive(outputs.pid))
  // An innocent process in a session of its own, as if it had been given the pid.
  const innocent = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  context.after(() => innocent.kill('SIGKILL'))
  const claim = join(dirname(outputs.out), 'pid')
  const faked = readFileSync(claim, 'utf8').replace(/^\d+/, String(innocent.pid))
  writeFileSync(claim, faked)
  const runtime = bench.open()
  assert.equal(runtime.state(outputs.instance)?.status, 'lost')
  assert.equal((await stop(runtime)).reason, 'already-gone')
  assert.equal(isAlive(innocent.pid ?? 0), true)
})

test('after a reboot nothing counts as running, no one-shot runs again', async (context) => {
  const bench = makeWorkbench(context)
  const first = bench.open()
  const service = await start(first, shell('sleep 1000'))
  const once = shell('sleep 1000', { subject: 'shop/schema', oneShot: true })
  const schema = await start(first, once, { id: 'up-1/schema/1' })
  await stop(first)
  await stop(first, { subject: 'shop/schema' })
  first.close()
  for (const { out } of [service, schema]) {
    const path = join(dirname(out), 'instance.json')
    for (const name of ['exit', 'ended.json']) rmSync(join(dirname(out), name), { force: true })
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"bootId":"[^"]*"/, '"bootId":"before"'))
  }
  const second = bench.open()
  assert.equal(second.state(service.instance)?.status, 'lost')
  assert.equal((await start(second, shell('sleep 1000'), { fence: 9 })).instance, 'shop/api#2')
  const again = await start(second, once, { id: 'up-1/schema/1', fence: 9 })
  assert.equal(again.instance, schema.instance)
  assert.equal(second.state(again.instance)?.status, 'lost')
})

test('a claim that is missing is found in the kernel by its mark', async (context) => {
  const bench = makeWorkbench(context)
  const { child, outputs } = await host(bench, makeOrder('start', shell('echo up; sleep 1000')))
  await until('it runs', () => contents(outputs.out) === 'up\n')
  await kill(child)
  rmSync(join(dirname(outputs.out), 'pid'))
  const runtime = bench.open()
  const state = runtime.state(outputs.instance)
  assert.deepEqual([state?.status, state?.pid], ['running', outputs.pid])
  assert.equal((await stop(runtime)).reason, 'stopped')
  assertNothingLeft(bench.workspace)
})

test('torn or foreign files do not keep the runtime from opening', async (context) => {
  const bench = makeWorkbench(context)
  mkdirSync(join(bench.folder, 'shop~api', '4'), { recursive: true })
  writeFileSync(join(bench.folder, 'shop~api', '4', 'instance.json'), '{"recordVer')
  writeFileSync(join(bench.folder, 'shop~api', 'fences.json'), '[[')
  writeFileSync(join(bench.folder, 'shop~api', 'log.state'), '{')
  writeFileSync(join(bench.folder, 'README'), 'not ours')
  const runtime = bench.open()
  const { instance } = await start(runtime, shell('exit 0'))
  assert.equal(instance, 'shop/api#5')
  await ended(runtime, instance)
})
