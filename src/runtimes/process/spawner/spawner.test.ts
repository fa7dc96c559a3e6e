/** Real wrappers, spawned by a real spawner that is killed, stopped, flooded and given odd things. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { until } from '../../../../test/support/until.ts'
import {
  assertNothingLeft,
  contents,
  ended,
  isAlive,
  makeOrder,
  makeWorkbench,
  shell,
  start,
  stop,
  type Workbench,
} from '../fixtures/workbench.ts'
import { openSubjectFolder } from '../instance-folder.ts'
import { openKernel } from '../kernel/open-kernel.ts'
import { leftovers } from '../leftovers.ts'
import type { ProcessRuntime } from '../process-runtime.ts'

const HOST = join(import.meta.dirname, '../fixtures/host.ts')
const WAIT = 'while :; do sleep 0.05; done'
const WAITING = 4
const kernel = openKernel()

/** The spawner of a daemon: its child that runs the program. */
function spawnerOf(daemon = process.pid): number | undefined {
  return kernel.children(daemon).find((pid) => kernel.command(pid).includes('spawner-program'))
}

/** Waits until a daemon's spawner has shells waiting. */
async function warmed(daemon = process.pid): Promise<number> {
  let found: number | undefined
  await until('shells wait', () => {
    found = spawnerOf(daemon)
    return found !== undefined && shellsOf(found).length >= WAITING
  })
  return found ?? assert.fail()
}

function shellsOf(spawner: number): readonly number[] {
  return kernel.children(spawner).filter((pid) => kernel.command(pid) === '/bin/sh -s')
}

/** A runtime whose next start goes by way of a waiting shell. */
async function openWarm(
  context: TestContext,
): Promise<{ bench: Workbench; runtime: ProcessRuntime; spawner: number }> {
  const bench = makeWorkbench(context)
  const runtime = bench.open()
  const first = await start(runtime, shell('true', { subject: 'shop/first', oneShot: true }))
  await ended(runtime, first.instance)
  return { bench, runtime, spawner: await warmed() }
}

test('a start is carried out by a waiting shell, which another one replaces', async (context) => {
  const { bench, runtime, spawner } = await openWarm(context)
  const before = shellsOf(spawner)
  const { pid, instance } = await start(runtime, shell(WAIT))
  assert.ok(before.includes(pid))
  assert.equal(kernel.variables(pid)?.get('RAMPART_INSTANCE'), instance)
  assert.deepEqual(
    [kernel.process(pid)?.groupId, kernel.process(pid)?.sessionId],
    [pid, pid],
    'it leads a group and a session',
  )
  await until('another one waits', () => shellsOf(spawner).length === WAITING)
  await stop(runtime)
  assertNothingLeft(bench.workspace)
})

test('ends are told as by a child: codes, signals, and a kill of the whole group', async (context) => {
  const { runtime } = await openWarm(context)
  const one = await start(runtime, shell('exit 7'))
  await ended(runtime, one.instance)
  assert.equal(runtime.state(one.instance)?.code, 7)
  await warmed()
  const two = await start(runtime, shell(`echo up; ${WAIT}`), { id: 'up-2/api/1', fence: 2 })
  await until('it runs', () => contents(two.out) === 'up\n')
  process.kill(-two.pid, 'SIGKILL')
  await ended(runtime, two.instance)
  // Only a parent is told the signal: whoever looks afterwards finds it lost.
  assert.equal(runtime.state(two.instance)?.signal, 'SIGKILL')
})

test('a component outlives its killed spawner, is watched, and a new one comes', async (context) => {
  const { bench, runtime, spawner } = await openWarm(context)
  const waiting = shellsOf(spawner)
  const gate = join(bench.workspace, 'gate')
  execFileSync('mkfifo', [gate])
  const one = await start(runtime, shell(`read -r code < ${gate}; exit "$code"`))
  process.kill(spawner, 'SIGKILL')
  await until('the shells that waited have ended', () =>
    waiting.every((pid) => pid === one.pid || !isAlive(pid)),
  )
  assert.ok(isAlive(one.pid))
  const two = await start(runtime, shell(WAIT, { subject: 'shop/two' }))
  assert.notEqual(await warmed(), spawner)
  writeFileSync(gate, '5\n')
  await ended(runtime, one.instance)
  assert.equal(runtime.state(one.instance)?.code, 5)
  assert.ok(isAlive(two.pid))
})

test('a spawner killed within a start leaves it done, and done once', async (context) => {
  const { bench, runtime, spawner } = await openWarm(context)
  process.kill(spawner, 'SIGSTOP')
  const starting = start(runtime, shell(`echo once >> ${bench.workspace}/runs; ${WAIT}`))
  const folder = openSubjectFolder(bench.folder, 'shop/api')
  await until('it is recorded, and asked for', () => existsSync(join(folder, '1')))
  process.kill(spawner, 'SIGKILL')
  const { pid, instance } = await starting
  assert.equal(kernel.variables(pid)?.get('RAMPART_INSTANCE'), instance)
  await until('it runs', () => contents(`${bench.workspace}/runs`) !== '')
  assert.equal(contents(`${bench.workspace}/runs`), 'once\n')
  assert.ok(isAlive(pid))
})

test('a killed daemon leaves its components, but neither spawner nor shells', async (context) => {
  const bench = makeWorkbench(context)
  mkdirSync(bench.folder, { recursive: true })
  const { signal: _, ...order } = makeOrder('start', shell(WAIT))
  const host = spawn(process.execPath, [HOST, bench.folder, bench.workspace, JSON.stringify(order)])
  const [line] = await once(createInterface(host.stdout), 'line')
  const pid = (JSON.parse(String(line)) as { outputs: { pid: number } }).outputs.pid
  const daemon = host.pid ?? assert.fail()
  const spawner = await warmed(daemon)
  const shells = shellsOf(spawner)
  process.kill(daemon, 'SIGKILL')
  await until('both are gone', () => [spawner, ...shells].every((it) => !isAlive(it)))
  assert.ok(isAlive(pid))
})

test('a closed runtime ends its spawner and leaves its components', async (context) => {
  const { runtime, spawner } = await openWarm(context)
  const shells = shellsOf(spawner)
  const { pid } = await start(runtime, shell(WAIT))
  runtime.close()
  await until('both are gone', () => [spawner, ...shells].every((it) => it === pid || !isAlive(it)))
  assert.ok(isAlive(pid))
})

test('a hundred starts at once are carried out, each once', async (context) => {
  const { bench, runtime } = await openWarm(context)
  const outputs = await Promise.all(
    Array.from({ length: 100 }, (_, at) => {
      const input = shell(`echo ${at}; exit ${at}`, { subject: `shop/n${at}` })
      return start(runtime, input, { id: `up-1/n${at}/1` })
    }),
  )
  await Promise.all(outputs.map(({ instance }) => ended(runtime, instance)))
  for (const [at, { instance, out }] of outputs.entries()) {
    assert.equal(contents(out), `${at}\n`)
    assert.equal(runtime.state(instance)?.code, at)
  }
  await until('nothing is left', () => leftovers(bench.workspace).processes.length === 0)
})

const ODD = `'"\`$(exit 9)\${HOME}\\ \\' * ; & | > \n\tü 🚢 \u0081\u0088\u00ff -n`

test('odd characters reach the component as they are, by either way', async (context) => {
  const { bench, runtime } = await openWarm(context)
  const cwd = join(bench.workspace, `-odd ' "$(x)" ü`)
  mkdirSync(cwd)
  const code =
    'console.log(JSON.stringify([process.argv.slice(1), process.env.ODD, process.cwd()]))'
  const command = [process.execPath, '-e', code, '--', '', ODD]
  const expected = JSON.stringify([['', ODD], ODD, cwd])
  // The shells' own variables are set by nobody but the system.
  for (const [at, env] of [{ ODD }, { ODD, PPID: '7', PWD: cwd }].entries()) {
    const input = { ...shell(''), command, cwd, env, oneShot: true }
    const { instance, out } = await start(runtime, input, { id: `up-1/api/${at}` })
    await ended(runtime, instance)
    assert.equal(contents(out), `${expected}\n`)
    await warmed()
  }
})

test('variables of any size arrive whole, or are refused by the system', async (context) => {
  const { runtime } = await openWarm(context)
  for (const [at, bytes] of [60_000, 500_000].entries()) {
    const names = Array.from({ length: bytes / 10_000 }, (_, index) => `V${index}`)
    const env = Object.fromEntries(names.map((name) => [name, name.padEnd(10_000, '.')]))
    const code = `let n = 0; for (const k in process.env) if (/^V\\d+$/.test(k)) n += process.env[k].length; console.log(n)`
    const input = { ...shell(''), command: [process.execPath, '-e', code], env, oneShot: true }
    const { instance, out } = await start(runtime, input, { id: `up-1/api/${at}` })
    await ended(runtime, instance)
    assert.equal(contents(out), `${bytes}\n`)
    await warmed()
  }
  const answer = await runtime.run(
    makeOrder('start', shell('true', { env: { V: 'x'.repeat(300_000) } }), { id: 'up-1/api/9' }),
  )
  assert.deepEqual([answer.reason, answer.outputs['code']], ['system-refused', 'E2BIG'])
})

test('a component has no descriptor and no variable but its own', async (context) => {
  const { runtime } = await openWarm(context)
  const look =
    'console.log(fs.readlinkSync("/proc/self/fd/0"), Object.keys(process.env).sort().join())'
  const list = 'ls /proc/self/fd'
  // What this process was itself given to hand on, and the descriptor by which ls looks.
  const given = execFileSync('sh', ['-c', list], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const command = ['sh', '-c', `${list}; exec '${process.execPath}' -e '${look}'`]
  const { instance, out } = await start(runtime, {
    ...shell(''),
    command,
    inherit: [],
    env: { A: 'b' },
  })
  await ended(runtime, instance)
  const own = ['A', 'PWD', 'RAMPART_INSTANCE', 'RAMPART_SUBJECT', 'RAMPART_WORKSPACE']
  assert.equal(contents(out), `${given}/dev/null ${own}\n`)
})

test('the spawner and its shells hold nothing of the daemon', async (context) => {
  const { spawner, bench } = await openWarm(context)
  for (const pid of [spawner, ...shellsOf(spawner)]) {
    const names = [...(kernel.variables(pid)?.keys() ?? [])]
    assert.deepEqual(
      names.filter((name) => !name.startsWith('NODE_C')),
      [],
    )
    assert.equal(readlinkSync(`/proc/${pid}/cwd`), '/')
    assert.ok(!kernel.command(pid).includes(dirname(bench.folder)))
  }
})

test('what cannot be run is answered as ever', async (context) => {
  const { bench, runtime } = await openWarm(context)
  const reasons: string[] = []
  for (const [at, other] of [
    { command: ['no-such-command'] },
    { command: [bench.workspace] },
    { cwd: join(bench.workspace, 'gone') },
  ].entries()) {
    const answer = await runtime.run(
      makeOrder('start', shell('true', other), { id: `up-1/api/${at}` }),
    )
    reasons.push(answer.reason)
  }
  assert.deepEqual(reasons, ['command-not-found', 'not-executable', 'cwd-missing'])
})
