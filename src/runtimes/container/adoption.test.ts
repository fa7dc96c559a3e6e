/** What the next daemon makes of what a killed one has left, with real containers and real kills. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sharePodman } from '../../../test/support/podman.ts'
import { until } from '../../../test/support/until.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { containerBody } from './container-body.ts'
import { Engine } from './engine/engine.ts'
import {
  ended,
  makeOrder,
  makeWorkspace,
  type StartOutputs,
  shell,
  start,
  stop,
  type Workspace,
} from './fixtures/bench.ts'
import { containerName } from './labels.ts'
import { parseStartInput } from './order-input.ts'
import { wire } from './placing.ts'
import type { ContainerRecord } from './record.ts'

const bench = sharePodman()
const { needs } = bench
const HOST = fileURLToPath(new URL('./fixtures/host.ts', import.meta.url))

/** Starts as a daemon that is then killed. */
async function startAndDie(
  t: TestContext,
  { folder, workspace }: Workspace,
  input: JsonObject,
): Promise<StartOutputs> {
  const { signal: _, ...order } = makeOrder('start', input)
  const args = [HOST, folder, workspace, bench.podman.host, JSON.stringify(order)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  const answer = JSON.parse(String(line))
  assert.equal(answer.verdict, 'done', answer.sentence)
  return answer.outputs
}

const LINES = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.02; done'

test('the next daemon goes on with the container, its output and its end', needs, async (t) => {
  const place = makeWorkspace(t, bench)
  const before = await startAndDie(t, place, shell(bench.image, LINES))
  const runtime = place.open()
  await until('it is known again', () => runtime.state(before.instance)?.status === 'running')
  const again = await start(runtime, shell(bench.image, LINES))
  assert.deepEqual([again.container, again.adopted], [before.container, false])
  const lines = (): readonly string[] => readFileSync(before.out, 'utf8').trimEnd().split('\n')
  const count = lines().length
  await until('output goes on', () => lines().length > count + 5)
  assert.deepEqual(
    lines(),
    lines().map((_, index) => `line ${index + 1}`),
    'no line is missing and none stands twice',
  )
  await bench.podman.ask('POST', `/containers/${before.container}/kill?signal=KILL`)
  await ended(runtime, before.instance)
  assert.equal(runtime.state(before.instance)?.signal, 'SIGKILL')
  assert.equal((await stop(runtime)).reason, 'already-gone')
  assert.deepEqual(await bench.podman.containers(), [])
})

test('an end that no daemon saw is told by the next one', needs, async (t) => {
  const place = makeWorkspace(t, bench)
  const script = 'read -t 1 x; echo late >&2; exit 3'
  const { instance } = await startAndDie(t, place, shell(bench.image, script))
  await until('it has ended', async () => {
    const facts = await bench.podman.ask('GET', '/containers/json')
    return (facts as unknown[]).length === 0
  })
  const runtime = place.open()
  await until('the end is known', () => runtime.state(instance) !== undefined)
  const state = runtime.state(instance)
  assert.deepEqual([state?.status, state?.code, state?.lastErrors], ['exited', 3, ['late']])
})

test('a container is taken over by its labels alone when the folder is lost', needs, async (t) => {
  const place = makeWorkspace(t, bench)
  const before = await startAndDie(t, place, shell(bench.image, 'sleep 1000'))
  rmSync(place.folder, { recursive: true })
  const runtime = place.open()
  const again = await start(runtime, shell(bench.image, 'sleep 1000'))
  assert.equal(again.container, before.container)
  assert.equal((await stop(runtime, { stop: { graceMs: 0 } })).reason, 'killed')
  assert.deepEqual(await bench.podman.containers(), [])
})

test(
  'a container removed behind our back is lost, and the order is not carried out again',
  needs,
  async (t) => {
    const runtime = makeWorkspace(t, bench).open()
    const { instance, container } = await start(runtime, shell(bench.image, 'sleep 1000'))
    await bench.podman.ask('DELETE', `/containers/${container}?force=true`)
    await ended(runtime, instance)
    assert.notEqual(runtime.state(instance)?.status, 'running')
    assert.equal((await start(runtime, shell(bench.image, 'sleep 1000'))).instance, instance)
    assert.deepEqual(await bench.podman.containers(), [])
  },
)

test(
  'a container that was made but not started is started by the repeated order, once',
  needs,
  async (t) => {
    const { workspace, open } = makeWorkspace(t, bench)
    const engine = new Engine({ DOCKER_HOST: bench.podman.host })
    t.after(() => engine.close())
    const made = shell(bench.image, 'echo once; sleep 1000')
    const { input } = parseStartInput(made)
    assert.ok(input)
    const wiring = wire(input, workspace, { ports: {} })
    const { outside, networks } = wiring
    const { subject, digest, oneShot, image, stop: policy } = input
    const record: ContainerRecord = {
      recordVersion: 1,
      instance: 'shop/api#c1',
      subject,
      number: 1,
      container: containerName(workspace, subject, 1),
      order: 'up-1/api/1',
      fence: 1,
      digest,
      oneShot,
      image,
      imageDigest: image.split('@')[1] ?? '',
      outside,
      networks,
      stop: policy,
      workspace,
      startedAtMs: 1,
    }
    const body = containerBody({ input, record, image, wiring, settings: {} })
    const id = await engine.create(record.container, body)
    assert.equal(await engine.create(record.container, body), undefined, 'a name is given once')
    const runtime = open()
    const first = await start(runtime, made)
    const second = await start(runtime, made)
    assert.deepEqual([first.container, second.container], [id, id])
    assert.deepEqual([first.pid > 0, first.adopted], [true, false])
    await until('it ran once', () => readFileSync(first.out, 'utf8') === 'once\n')
    assert.equal((await stop(runtime, { stop: { graceMs: 0 } })).reason, 'killed')
  },
)

test('a container is asked to end once, also by an order that is given again', needs, async (t) => {
  const runtime = makeWorkspace(t, bench).open()
  const script = "trap 'echo asked' TERM; echo up; while :; do sleep 0.01; done"
  const { out } = await start(runtime, shell(bench.image, script))
  const wrote = (): string => readFileSync(out, 'utf8')
  await until('it is up', () => wrote() === 'up\n')
  const lost = new AbortController()
  const patient = { stop: { signal: 'SIGTERM', graceMs: 60_000 } }
  const stopping = stop(runtime, patient, { signal: lost.signal })
  await until('it is asked', () => wrote() === 'up\nasked\n')
  lost.abort()
  assert.equal((await stopping).reason, 'cancelled')
  const again = await stop(runtime, { stop: { signal: 'SIGTERM', graceMs: 1_000 } })
  assert.deepEqual([again.reason, wrote()], ['killed', 'up\nasked\n'])
})

test('an order with a lower fence is refused, also by the next daemon', needs, async (t) => {
  const place = makeWorkspace(t, bench)
  const first = place.open()
  await start(first, shell(bench.image, 'sleep 1000'), { fence: 5 })
  first.close()
  const second = place.open()
  const late = await stop(second, {}, { fence: 4 })
  assert.deepEqual([late.verdict, late.reason, late.retryable], ['failed', 'fenced', false])
  const foreign = await stop(second, { onlyStartedByRamp: 'up' }, { ramp: 'up', fence: 1 })
  assert.equal(foreign.reason, 'not-ours')
  assert.equal((await stop(second, { stop: { graceMs: 0 } }, { fence: 5 })).reason, 'killed')
})

test('a start that is given up leaves nothing running', needs, async (t) => {
  const runtime = makeWorkspace(t, bench).open()
  const giveUp = new AbortController()
  const input = shell(bench.image, 'sleep 1000', { ports: { http: {} } })
  const starting = runtime.run(makeOrder('start', input, { signal: giveUp.signal }))
  setImmediate(() => giveUp.abort())
  const answer = await starting
  assert.deepEqual([answer.verdict, answer.reason], ['failed', 'cancelled'])
  assert.deepEqual(await bench.podman.containers(), [])
})

test(
  'while the engine is away nothing is claimed, and all is known again after it',
  needs,
  async (t) => {
    const runtime = makeWorkspace(t, bench).open()
    const { instance } = await start(runtime, shell(bench.image, 'sleep 1000'))
    await bench.podman.kill()
    await until('it is not claimed to run', () => runtime.state(instance) === undefined)
    const answer = await stop(runtime)
    assert.deepEqual([answer.reason, answer.retryable], ['engine-unavailable', true])
    await bench.podman.serve()
    await until('it is known again', () => runtime.state(instance)?.status === 'running')
    assert.equal((await stop(runtime, { stop: { graceMs: 0 } })).reason, 'killed')
  },
)
