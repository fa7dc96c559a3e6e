/** Starting, looking and stopping, with real processes. */
import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '../../../test/support/until.ts'
import {
  assertNothingLeft,
  contents,
  ended,
  isAlive,
  makeOrder,
  makeWorkbench,
  script,
  shell,
  start,
  stop,
} from './fixtures/workbench.ts'
import { openKernel } from './kernel/open-kernel.ts'
import { leftovers } from './leftovers.ts'

const SERVER = `
const { createServer } = require('node:http')
createServer((_, answer) => answer.end('hello')).listen(Number(process.env.PORT), '127.0.0.1')`

test('a component is started, serves on its port, and is gone after stop', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const outputs = await start(runtime, script(SERVER, { ports: { http: {} } }))
  const port = outputs.ports['http'] ?? 0
  assert.equal(outputs.instance, 'shop/api#1')
  assert.equal(outputs.startedBy, 'up-1/api/1')
  assert.equal(outputs.adopted, false)
  await until('it listens', () => openKernel().listeningPorts()?.has(port) === true)
  assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), 'hello')
  assert.equal(runtime.state(outputs.instance)?.status, 'running')
  assert.equal(runtime.state(outputs.instance)?.pid, outputs.pid)
  const left = leftovers(bench.workspace)
  assert.deepEqual([...new Set(left.processes.map(({ subject }) => subject))], ['shop/api'])
  assert.deepEqual(
    left.ports.map((held) => held.port),
    [port],
  )

  const answer = await stop(runtime)
  assert.equal(answer.reason, 'stopped')
  assert.deepEqual(answer.outputs['left'], { processes: 0, ports: 0 })
  assert.equal(answer.outputs['forced'], false)
  assert.equal(openKernel().listeningPorts()?.has(port), false)
  assert.equal(runtime.state(outputs.instance)?.signal, 'SIGTERM')
  assertNothingLeft(bench.workspace)
  assert.equal((await stop(runtime)).reason, 'already-gone')
})

test('an exit code, a signal and the last errors are reported', async (context) => {
  const runtime = makeWorkbench(context).open()
  const lines = 'for i in $(seq 1 30); do echo "bad $i" >&2; done'
  const one = await start(runtime, shell(`${lines}; exit 7`))
  await ended(runtime, one.instance)
  const state = runtime.state(one.instance)
  assert.deepEqual([state?.status, state?.code, state?.signal], ['exited', 7, undefined])
  assert.equal(state?.lastErrors?.length, 20)
  assert.equal(state?.lastErrors?.at(-1), 'bad 30')
  assert.ok((state?.endedAtMs ?? 0) >= (state?.startedAtMs ?? Number.NaN))
  const two = await start(runtime, shell('kill -s KILL $$'), { id: 'up-1/api/2' })
  await ended(runtime, two.instance)
  assert.deepEqual(
    [runtime.state(two.instance)?.code, runtime.state(two.instance)?.signal],
    [undefined, 'SIGKILL'],
  )
  assert.equal(contents(two.err), '', 'the wrapper itself says nothing')
})

test('onEnd calls back for an instance already ended, but never at once', async (context) => {
  const runtime = makeWorkbench(context).open()
  const { instance } = await start(runtime, shell('exit 0'))
  await ended(runtime, instance)
  let called = false
  runtime.onEnd(instance, () => {
    called = true
  })
  const unwatch = runtime.onEnd(instance, () => assert.fail('was told to stop watching'))
  unwatch()
  assert.equal(called, false)
  await until('the call', () => called)
  assert.equal(runtime.state('shop/unknown#1'), undefined)
})

test('grandchildren that ignore SIGTERM are killed with the whole group', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const stubborn = `trap '' TERM; (trap '' TERM; exec sleep 1000) & echo ready; wait; sleep 1000`
  const { instance, out } = await start(runtime, shell(stubborn))
  await until('it is ready', () => contents(out) === 'ready\n')
  const answer = await stop(runtime, { stop: { signal: 'SIGTERM', graceMs: 50 } })
  assert.equal(answer.reason, 'killed', answer.sentence)
  assert.equal(answer.outputs['forced'], true)
  assert.equal(runtime.state(instance)?.signal, 'SIGKILL')
  assertNothingLeft(bench.workspace)
})

test('grandchildren that daemonize are found, also in a session of their own', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const code = `
    const { spawn } = require('node:child_process')
    spawn('sh', ['-c', '(sleep 1000 &) ; exit 0'], { stdio: 'ignore' })
    const own = spawn('sleep', ['2000'], { detached: true, stdio: 'ignore' })
    const bare = spawn('sleep', ['3000'], { detached: true, stdio: 'ignore', env: {} })
    console.log(own.pid, bare.pid)
    setInterval(() => {}, 1000)`
  const { out } = await start(runtime, script(code))
  await until('they run', () => {
    const commands = leftovers(bench.workspace).processes.map(({ command }) => command)
    return contents(out).includes('\n') && commands.includes('sleep 1000')
  })
  const [own = 0, bare = 0] = contents(out).split(' ').map(Number)
  const answer = await stop(runtime)
  assert.deepEqual(answer.outputs['left'], { processes: 0, ports: 0 })
  assert.deepEqual([isAlive(own), isAlive(bare)], [false, false])
  assertNothingLeft(bench.workspace)
})

test('what a component leaves behind after its own end is ended by stop', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const { instance } = await start(runtime, shell('sleep 1000 & exit 3'))
  await ended(runtime, instance)
  assert.equal(runtime.state(instance)?.code, 3)
  const answer = await stop(runtime)
  assert.equal(answer.reason, 'stopped')
  assert.equal(runtime.state(instance)?.code, 3, 'how it ended stays known')
  assertNothingLeft(bench.workspace)
})

test('a component whose wrapper alone is killed goes on, and is watched', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const code = 'echo $$; while [ ! -e "$STOP" ]; do sleep 0.02; done'
  const mark = join(bench.workspace, 'stop')
  const { instance, pid, out } = await start(runtime, shell(code, { env: { STOP: mark } }))
  await until('it runs', () => contents(out).endsWith('\n'))
  const component = Number(contents(out))
  process.kill(pid, 'SIGKILL')
  await until('the wrapper is gone', () => !isAlive(pid))
  assert.equal(isAlive(component), true)
  assert.equal(runtime.state(instance)?.status, 'running')
  writeFileSync(mark, '')
  await ended(runtime, instance)
  assert.equal(isAlive(component), false)
})

test('stop finds a component whose wrapper was killed', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const { pid, out } = await start(runtime, shell('echo ready; sleep 1000'))
  await until('it runs', () => contents(out) === 'ready\n')
  process.kill(pid, 'SIGKILL')
  await until('the wrapper is gone', () => !isAlive(pid))
  assert.equal((await stop(runtime)).verdict, 'done')
  assertNothingLeft(bench.workspace)
})

test('only declared variables reach the component, with its ports and marks', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const input = script('console.log(JSON.stringify(process.env))', {
    inherit: ['PATH', 'ABSENT'],
    env: {
      URL: `http://\${self.host}:\${self.ports.http}/`,
      PRICE: `$5 \${other}`,
    },
    ports: { http: {}, 'admin-api': {} },
  })
  const { instance, out, ports } = await start(runtime, input)
  await ended(runtime, instance)
  const variables = JSON.parse(contents(out))
  // The shell that wraps it may add these itself.
  for (const name of ['PWD', 'OLDPWD', 'SHLVL', '_']) delete variables[name]
  assert.deepEqual(variables, {
    PATH: process.env['PATH'],
    URL: `http://127.0.0.1:${ports['http']}/`,
    PRICE: `$5 \${other}`,
    PORT_HTTP: String(ports['http']),
    PORT_ADMIN_API: String(ports['admin-api']),
    RAMPART_INSTANCE: 'shop/api#1',
    RAMPART_SUBJECT: 'shop/api',
    RAMPART_WORKSPACE: bench.workspace,
  })
})

test('a command that cannot be run is an answer that names what is wrong', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const plain = join(bench.workspace, 'plain')
  writeFileSync(plain, 'text')
  chmodSync(plain, 0o644)
  const cases = [
    [shell('', { command: ['no-such-program'] }), 'command-not-found'],
    [shell('', { command: ['./no-such-file'] }), 'command-not-found'],
    [shell('', { command: [plain] }), 'not-executable'],
    [shell('', { cwd: join(bench.workspace, 'absent') }), 'cwd-missing'],
    [shell(`echo \${self.ports.http}`), 'port-unknown'],
    [shell('', { env: { 'not a name': 'x' } }), 'input-malformed'],
    [shell('', { stop: { signal: 'SIGNONSENSE' } }), 'input-malformed'],
  ] as const
  for (const [input, reason] of cases) {
    const answer = await runtime.run(makeOrder('start', input))
    assert.deepEqual([answer.verdict, answer.reason, answer.retryable], ['failed', reason, false])
  }
  const answer = await runtime.run(makeOrder('restart', {}))
  assert.equal(answer.reason, 'operation-unknown')
  assert.deepEqual(runtime.instances(), [])
})

test('the same definition is adopted, another replaces it, one-shots run anew', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const first = await start(runtime, shell('sleep 1000'))
  const second = await start(runtime, shell('sleep 1000'), { id: 'up-2/api/1', ramp: 'up-2' })
  assert.deepEqual(
    [second.instance, second.adopted, second.startedBy, second.pid],
    ['shop/api#1', true, 'up-1/api/1', first.pid],
  )
  const other = { id: 'up-3/api/1', ramp: 'up-3' }
  const third = await start(runtime, shell('sleep 1000', { digest: 'sha256:2' }), other)
  assert.deepEqual([third.instance, third.adopted], ['shop/api#2', false])
  assert.equal(isAlive(first.pid), false)

  const once = shell('exit 0', { subject: 'shop/schema', oneShot: true })
  const migrated = await start(runtime, once, { id: 'up-1/schema/1' })
  assert.equal((await start(runtime, once, { id: 'up-1/schema/1' })).instance, migrated.instance)
  const again = await start(runtime, once, { id: 'up-2/schema/1', ramp: 'up-2' })
  assert.equal(again.instance, 'shop/schema#2')
  await stop(runtime)
})

test('stop leaves alone what another ramp started', async (context) => {
  const runtime = makeWorkbench(context).open()
  const { instance } = await start(runtime, shell('sleep 1000'))
  const foreign = await stop(runtime, { onlyStartedByRamp: 'up' }, { ramp: 'up', id: 'up/api/1' })
  assert.equal(foreign.reason, 'not-ours')
  assert.equal(runtime.state(instance)?.status, 'running')
  assert.equal((await stop(runtime, { onlyStartedByRamp: 'up-1' })).reason, 'stopped')
})

test('an order with a lower fence is refused, also by the next daemon', async (context) => {
  const bench = makeWorkbench(context)
  const first = bench.open()
  await start(first, shell('sleep 1000'), { fence: 5 })
  first.close()
  const second = bench.open()
  const late = await stop(second, {}, { fence: 4 })
  assert.deepEqual([late.verdict, late.reason, late.retryable], ['failed', 'fenced', false])
  assert.equal((await stop(second, {}, { fence: 5 })).reason, 'stopped')
})

test('the stop command runs with the variables and ports of the component', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const mark = join(bench.workspace, 'mark')
  const input = shell('sleep 1000', { ports: { http: {} }, env: { MARK: mark } })
  const { ports } = await start(runtime, input)
  const command = ['sh', '-c', `echo \${self.ports.http} > "$MARK"`]
  const answer = await stop(runtime, { stop: { signal: 'SIGTERM', graceMs: 5_000, command } })
  assert.equal(answer.reason, 'stopped')
  assert.equal(contents(mark), `${ports['http']}\n`)
})

test('a stop command that fails is noted, and the signal follows all the same', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  await start(runtime, shell('sleep 1000'))
  const policy = { signal: 'SIGTERM', graceMs: 5_000, command: ['sh', '-c', 'exit 9'] }
  const answer = await stop(runtime, { stop: policy })
  assert.equal(answer.reason, 'stopped')
  assert.match(answer.sentence, /stop command of shop\/api#1 ended with 9/)
  assertNothingLeft(bench.workspace)
})

test('a stop that is given up settles soon and says what is left', async (context) => {
  const runtime = makeWorkbench(context).open()
  const { out } = await start(runtime, shell(`trap '' TERM; echo ready; while :; do sleep 1; done`))
  await until('it is ready', () => contents(out) === 'ready\n')
  const giveUp = new AbortController()
  const stopping = stop(
    runtime,
    { stop: { signal: 'SIGTERM', graceMs: 60_000 } },
    { signal: giveUp.signal },
  )
  giveUp.abort()
  const answer = await stopping
  assert.deepEqual([answer.verdict, answer.reason], ['failed', 'cancelled'])
})

test('a start that is given up leaves nothing running', async (context) => {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const giveUp = new AbortController()
  const starting = runtime.run(
    makeOrder('start', shell('sleep 1000', { ports: { http: {} } }), { signal: giveUp.signal }),
  )
  giveUp.abort()
  const answer = await starting
  assert.deepEqual([answer.verdict, answer.reason], ['failed', 'cancelled'])
  assertNothingLeft(bench.workspace)
  assert.equal((await stop(runtime)).reason, 'already-gone')
})

test('a stop right after the start reaches the component, however early it is', async (context) => {
  const runtime = makeWorkbench(context).open()
  for (let round = 1; round <= 5; round++) {
    await start(runtime, shell('exec sleep 1000'), { id: `up-1/api/${round}`, fence: round })
    const answer = await stop(runtime, {}, { id: `up-1/api/${round}s`, fence: round })
    assert.deepEqual([answer.reason, answer.outputs['forced']], ['stopped', false])
  }
})

test('starts at the same time get different ports, a subject keeps its own', async (context) => {
  const runtime = makeWorkbench(context).open()
  const subjects = ['shop/a', 'shop/b', 'shop/c', 'shop/d']
  const begin = async (round: number): Promise<readonly number[]> =>
    await Promise.all(
      subjects.map(async (subject) => {
        const input = shell('sleep 1000', { subject, ports: { http: {} } })
        const { ports } = await start(runtime, input, { id: `up-1/${subject}/${round}` })
        return ports['http'] ?? 0
      }),
    )
  const ports = await begin(1)
  assert.equal(new Set(ports).size, subjects.length)
  await Promise.all(subjects.map((subject) => stop(runtime, { subject }, { fence: 1 })))
  assert.deepEqual(await begin(2), ports)
})
