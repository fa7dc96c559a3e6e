/**
 * Owners that die under load: clients wait at the front until another one takes their place. Only what
 * was under way is lost, nobody is refused, and nobody takes the place of one who is not proved dead.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import type { Json } from '../../src/core/units/json.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { runInProcess } from '../support/cli.ts'
import { killDaemon, openWorkspace } from '../support/daemon.ts'
import { until } from '../support/until.ts'
import { Bench, CLIENTS, Load, PROGRAM, tinyContract, webSaying } from './ramps.ts'

interface Variant {
  readonly command?: readonly string[]
  readonly watch?: Json
}

function contract(says: string, { watch = false, ...wishes }: Variant = {}): Json {
  return tinyContract(webSaying(says, wishes), { watch })
}

/** Up and loaded; then its process is killed. */
async function killed(context: TestContext, variant: Variant = {}): Promise<[Bench, Load]> {
  const bench = new Bench(context)
  await bench.up(contract('one', variant))
  const load = new Load(context, await bench.front())
  await load.answered('one')
  const [pid] = await bench.pids()
  process.kill(pid ?? assert.fail('it runs'), 'SIGKILL')
  return [bench, load]
}

/**
 * Each connection had at most one request under way when its owner died, and whoever was cut off may have
 * asked again before the last socket of the dead was closed; nobody else noticed.
 */
function assertOnlyInFlightLost(context: TestContext, load: Load): void {
  const others = [...load.answers].filter(([says]) => !['one', 'two'].includes(says))
  const broken = others.filter(([says]) => says.startsWith('502 '))
  const lost = load.failures.length + broken.reduce((sum, [, count]) => sum + count, 0)
  context.diagnostic(JSON.stringify({ lost, answers: Object.fromEntries(load.answers) }))
  assert.deepEqual(others, broken, 'nobody was turned away')
  assert.ok(lost <= 2 * CLIENTS, `${lost} lost`)
  assert.ok(load.failures.every((failure) => !failure.includes('ECONNREFUSED')))
}

/** The leases of the first start and of the second. */
function startsIn(leases: readonly PortLease[]): readonly (PortLease | undefined)[] {
  return ['1', '2'].map((start) => leases.find(({ owner }) => owner.instance === start))
}

/** The second start was given its port only when the first one's was fenced. */
function assertFencedFirst(leases: readonly PortLease[]): void {
  const [old, next] = startsIn(leases)
  assert.equal(old?.state, 'cooling')
  assert.match(old.because, /has ended, and nothing of it listens/)
  assert.ok(next !== undefined && next.grantedAtMs >= old.changedAtMs)
  assert.ok(next.token > old.token && next.claim.port !== old.claim.port)
}

test('clients of one that is killed wait at its front until the next one serves', async (context) => {
  const [bench, load] = await killed(context)
  await until('its death is recorded', async () => (await bench.starts())['1'] === 'cooling')
  await bench.up(contract('one'))
  await load.answered('one')
  await load.stop()
  assertOnlyInFlightLost(context, load)
  assertFencedFirst(await bench.leases())
  assert.deepEqual(await bench.starts(), { 1: 'cooling', 2: 'active' })
})

test('the next one may be ordered at once, and be another revision', async (context) => {
  const [bench, load] = await killed(context)
  await bench.up(contract('two'))
  await load.answered('two')
  await load.stop()
  assertOnlyInFlightLost(context, load)
  // Its end may not have been seen yet when the next one is started, but is when that one is sent to.
  const [old, next] = startsIn(await bench.leases())
  assert.ok(old?.state === 'cooling' && next?.state === 'active')
  assert.ok(next.changedAtMs >= old.changedAtMs)
})

test('whoever is killed while no daemon is there is fenced by the next daemon', async (context) => {
  const bench = new Bench(context)
  await bench.up(contract('one'))
  const load = new Load(context, await bench.front())
  await load.answered('one')
  const [pid] = await bench.pids()
  await bench.close()
  process.kill(pid ?? assert.fail('it runs'), 'SIGKILL')
  await until('nobody serves', () => leftovers(bench.folder).ports.length === 0)
  assert.deepEqual(await bench.starts(), { 1: 'cooling' }, 'before anything is sent there')
  await bench.up(contract('two'))
  await load.answered('two')
  await load.stop()
  assertOnlyInFlightLost(context, load)
  assertFencedFirst(await bench.leases())
})

test('a replacement that never becomes ready leaves the front open to those who wait', async (context) => {
  const [bench, load] = await killed(context)
  assert.equal((await bench.ramp(contract('never'))).ended?.outcome, 'undone')
  assert.ok((await bench.front()) > 0)
  await bench.up(contract('two'))
  await load.answered('two')
  await load.stop()
  assertOnlyInFlightLost(context, load)
})

/** It serves by a child, which goes on when it is killed. */
const PARENT = `
const child = require('node:child_process').spawn(process.execPath, ['web.cjs'], { stdio: 'inherit' })
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', () => process.exit(0))
`

test('what somebody who died left behind is ended before anybody takes that place', async (context) => {
  const command = [process.execPath, '-e', PARENT]
  const [bench, load] = await killed(context, { command })
  await until(
    'it is seen to be left behind',
    async () => (await bench.starts())['1'] === 'orphaned',
  )
  await load.answered('one')
  await bench.up(contract('one', { command }))
  await load.answered('one')
  await load.stop()
  const [old, next] = startsIn(await bench.leases())
  assert.equal(old?.state, 'cooling')
  assert.ok(next !== undefined && next.grantedAtMs >= old.changedAtMs)
})

test('whoever watches is told that it is gone, and what of it is missing', async (context) => {
  const watch = { every: '1s' }
  const bench = new Bench(context)
  await bench.up(contract('one', { watch }))
  const watching = await bench.open(contract('one', { watch }), 'watch')
  const ready = (): boolean => watching.state()?.stages.every(({ readyAtMs }) => readyAtMs) ?? false
  await until('all is seen', ready)
  const [pid] = await bench.pids()
  process.kill(pid ?? assert.fail('it runs'), 'SIGKILL')
  const web = () => watching.state()?.stages.find(({ name }) => name === 'web')
  await until('it is a breach', () => web()?.conditions.some(({ breached }) => breached) ?? false)
})

test('a daemon that is killed with its component loses nobody who waits', {
  timeout: 60_000,
}, async (context) => {
  const folder = openWorkspace(context)
  writeFileSync(join(folder, 'web.cjs'), PROGRAM)
  const run = async (...words: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runInProcess(words, folder)
    assert.equal(exitCode, 0, stderr)
    return stdout
  }
  const up = async (says: string): Promise<void> => {
    writeFileSync(join(folder, 'tiny.yaml'), JSON.stringify(contract(says)))
    await run('up', 'tiny.yaml')
  }
  const leases = async (): Promise<readonly PortLease[]> =>
    (await run('ports', 'list', '--json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  await up('one')
  const before = await leases()
  const front = before.find((lease) => lease.front !== undefined)
  const load = new Load(context, front?.claim.port ?? assert.fail('there is a front'))
  await load.answered('one')
  killDaemon(folder)
  for (const { pid } of leftovers(folder).processes) {
    const isForwarder = pid === front?.process?.pid
    if (!isForwarder) process.kill(pid, 'SIGKILL')
  }
  await up('two')
  await load.answered('two')
  await load.stop()
  assertOnlyInFlightLost(context, load)
  assertFencedFirst(await leases())
  await run('down', 'tiny.yaml')
})
