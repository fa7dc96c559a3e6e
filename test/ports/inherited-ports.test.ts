/** Components that inherit the sockets of their ports: real daemons' parts, a real keeper, real clients. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { CommandAnswer } from '../../src/core/entry/entry.ts'
import type { Order } from '../../src/seams/actuator.ts'
import { killDaemon } from '../support/daemon.ts'
import { openFolder, rampart, stopDaemon } from '../support/rampart.ts'
import { until } from '../support/until.ts'
import {
  type ComponentBench,
  holdFixed,
  leaseIn,
  makeBench,
  order,
  SERVE,
  start,
  tryListen,
} from './component-bench.ts'
import { keeperOf } from './workbench.ts'

const LISTENER = join(import.meta.dirname, '../../src/sdk/fixtures/listener.ts')
const PORT = `$\{self.ports.http}`

/** Answers on every socket that it was given with who it is and what it was told. */
const PLAIN = `
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, PORT, ODD } = process.env
  const about = { pid: process.pid, LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, PORT, ODD }
  for (let fd = 3; fd < 3 + Number(LISTEN_FDS); fd++) {
    require('node:http').createServer((_, to) => {
      to.setHeader('connection', 'close')
      to.end(JSON.stringify({ fd, ...about }))
    }).listen({ fd })
  }`

interface About {
  readonly fd: number
  readonly pid: number
  readonly LISTEN_PID: string
  readonly LISTEN_FDS: string
  readonly LISTEN_FDNAMES: string
  readonly PORT: string
  readonly ODD: string
}

const HTTP = { http: { inherit: true } }

function inheriting(digest: string, more: Order['input'] = {}): Order {
  return start(digest, { command: [process.execPath, '-e', PLAIN], ports: HTTP, ...more })
}

/** Where it listens, once it was started. */
function portOf(answer: CommandAnswer, name = 'http'): number {
  assert.equal(answer.verdict, 'done', answer.sentence)
  const ports = answer.outputs['ports'] as Readonly<Record<string, number>>
  return ports[name] ?? assert.fail(`it has ${name}`)
}

async function ask(port: number): Promise<About> {
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  return (await answer.json()) as About
}

/** What became of every connection that was made, one after the other, until it is stopped. */
function keepConnecting(context: TestContext, port: number): () => Promise<ReadonlySet<string>> {
  const outcomes = new Set<string>()
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      const tell = (outcome: string): void => {
        outcomes.add(outcome)
        socket.destroy()
        resolve()
      }
      socket.once('connect', () => tell('connected'))
      socket.once('error', (error: NodeJS.ErrnoException) => tell(error.code ?? error.message))
    })
  return keepDoing(context, one, outcomes)
}

/** How the system answered a stranger who tries to have the port, again and again. */
function keepStealing(context: TestContext, port: number): () => Promise<ReadonlySet<string>> {
  const outcomes = new Set<string>()
  const one = async (): Promise<void> => {
    outcomes.add((await tryListen(port)) ?? 'stolen')
  }
  return keepDoing(context, one, outcomes)
}

function keepDoing(context: TestContext, one: () => Promise<void>, outcomes: Set<string>) {
  let isOver = false
  // Also when the test has failed.
  context.after(() => {
    isOver = true
  })
  const done = (async () => {
    while (!isOver) {
      await one()
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  return async (): Promise<ReadonlySet<string>> => {
    isOver = true
    await done
    return outcomes
  }
}

test('a component finds its sockets from descriptor 3 on, by name and for its pid', async (context) => {
  const { runtime, broker } = await makeBench(context).open()
  const ODD = `'"\`$(exit 9)\\ * \n\tü`
  const answer = await runtime.run(
    inheriting('one', {
      ports: { http: { inherit: true }, other: {}, admin: { inherit: true } },
      env: { PORT, ODD },
    }),
  )
  const [http, admin] = [portOf(answer), portOf(answer, 'admin')]
  const [first, second] = [await ask(admin), await ask(http)]
  const { pid } = first
  const told = { pid, LISTEN_PID: String(pid), LISTEN_FDS: '2', LISTEN_FDNAMES: 'admin:http' }
  assert.deepEqual(first, { fd: 3, ...told, PORT: String(http), ODD })
  assert.deepEqual(second, { ...first, fd: 4 })
  await until('both are seen', () => {
    const ready = broker.leases().filter(({ state }) => state === 'ready')
    return ready.map(({ giving }) => giving).join() === 'descriptor,descriptor'
  })
  assert.match((await broker.story(http)).sentences.join('\n'), /shop\/api http/)
  const stopped = await runtime.run(order('stop', { subject: 'shop/api' }))
  assert.equal(stopped.reason, 'stopped', stopped.sentence)
  await until('nothing holds it', async () => (await tryListen(http)) === undefined)
})

test('a service by the SDK listens on what it inherits, and drains', async (context) => {
  const { runtime, broker } = await makeBench(context).open()
  const answer = await runtime.run(inheriting('one', { command: [process.execPath, LISTENER] }))
  const port = portOf(answer)
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'ok')
  await leaseIn(broker, 'ready')
  const file = join(mkdtempSync(join(tmpdir(), 'rampart-stop-')), 'told')
  context.after(() => rmSync(dirname(file), { recursive: true }))
  const command = ['/bin/sh', '-c', `echo "$PORT $LISTEN_FDS$LISTEN_FDNAMES" > '${file}'`]
  const stop = { subject: 'shop/api', stop: { command } }
  const stopped = await runtime.run(order('stop', stop))
  assert.equal(stopped.outputs['forced'], false, stopped.sentence)
  assert.equal(readFileSync(file, 'utf8'), `${port} \n`, 'what stops it inherits nothing')
  await leaseIn(broker, 'cooling')
})

/** Kills whoever answers at a port, and waits until it was seen. */
async function killOne({ runtime }: Parts, answer: CommandAnswer, port: number): Promise<number> {
  const { pid } = await ask(port)
  const instance = String(answer.outputs['instance'])
  process.kill(pid, 'SIGKILL')
  await until('its end is seen', () => runtime.state(instance)?.status !== 'running')
  return pid
}

type Parts = Awaited<ReturnType<ComponentBench['open']>>

test('who comes between a killed start and the next one is answered by that', async (context) => {
  const parts = await makeBench(context).open()
  const { runtime, broker } = parts
  let answer = await runtime.run(inheriting('one'))
  const port = portOf(answer)
  const { id } = await leaseIn(broker, 'ready')
  const connecting = keepConnecting(context, port)
  const stealing = keepStealing(context, port)
  for (let again = 0; again < 5; again++) {
    const old = await killOne(parts, answer, port)
    const waiting = Array.from({ length: 5 }, async () => await ask(port))
    answer = await runtime.run(inheriting('one'))
    assert.equal(portOf(answer), port)
    for (const { pid, LISTEN_PID } of await Promise.all(waiting)) {
      assert.notEqual(pid, old)
      assert.equal(LISTEN_PID, String(pid))
    }
    assert.equal((await leaseIn(broker, 'ready')).id, id, 'it is the same lease all the time')
  }
  assert.deepEqual([...(await connecting())], ['connected'], 'nobody was ever refused')
  assert.deepEqual([...(await stealing())], ['EADDRINUSE'], 'no stranger ever had it')
})

test('what of a killed start goes on for a moment does not cost its socket', async (context) => {
  const { runtime, broker } = await makeBench(context).open()
  const answer = await runtime.run(inheriting('one'))
  const port = portOf(answer)
  const { id } = await leaseIn(broker, 'ready')
  const connecting = keepConnecting(context, port)
  const { pid } = await ask(port)
  process.kill(Number(answer.outputs['pid']), 'SIGKILL')
  await leaseIn(broker, 'orphaned')
  process.kill(pid, 'SIGKILL')
  await leaseIn(broker, 'held')
  const waiting = ask(port)
  assert.equal(portOf(await runtime.run(inheriting('one'))), port)
  assert.notEqual((await waiting).pid, pid)
  assert.equal((await leaseIn(broker, 'ready')).id, id)
  assert.deepEqual([...(await connecting())], ['connected'])
})

test('a component that changes misses nobody, and may change to the number', async (context) => {
  const { runtime, broker } = await makeBench(context).open()
  const port = portOf(await runtime.run(start('zero')))
  await leaseIn(broker, 'ready')
  assert.equal(portOf(await runtime.run(inheriting('one'))), port)
  const connecting = keepConnecting(context, port)
  const { pid } = await ask(port)
  assert.equal(portOf(await runtime.run(inheriting('two'))), port)
  assert.notEqual((await ask(port)).pid, pid)
  assert.deepEqual([...(await connecting())], ['connected'])
  const number = await runtime.run(start('three', { command: [process.execPath, '-e', SERVE] }))
  assert.equal(portOf(number), port)
  await until('it listens by itself', () => {
    const [lease] = broker.leases().filter(({ state }) => state === 'ready')
    return lease?.giving === 'number'
  })
})

test('what a contract has fixed and held is inherited, on both of its addresses', async (context) => {
  const { runtime, broker } = await makeBench(context).open()
  const { id } = await holdFixed(broker, { fixed: { 'shop/api/http': 21_080 } })
  assert.equal(portOf(await runtime.run(inheriting('one'))), 21_080)
  const { LISTEN_FDNAMES, fd } = await ask(21_080)
  assert.deepEqual([fd, LISTEN_FDNAMES], [3, 'http:http'])
  const bySix = (await (await fetch('http://[::1]:21080/')).json()) as About
  assert.equal(bySix.fd, 4)
  const lease = await leaseIn(broker, 'ready')
  assert.deepEqual([lease.id, lease.giving], [id, 'descriptor'])
})

test('its socket waits for the next start as long as a contract says, and is closed then', async (context) => {
  const parts = await makeBench(context).open()
  const fixed = { fixed: { 'shop/api/http': 21_084 } }
  const rule = { event: 'failover', drainMs: 0, lingerMs: 0, deadlineMs: 1_000 } as const
  await holdFixed(parts.broker, fixed, [rule])
  const answer = await parts.runtime.run(inheriting('one'))
  assert.equal(portOf(answer), 21_084)
  await killOne(parts, answer, 21_084)
  const waits = await leaseIn(parts.broker, 'held')
  assert.ok((waits.expiresAtMs ?? Infinity) <= waits.changedAtMs + 1_000)
  await assert.rejects(ask(21_084), 'nobody came')
  await until('nobody has it any more', () => parts.broker.leases().length === 0)
})

test('more sockets than there are descriptors for are refused, and nothing is kept', async (context) => {
  const { runtime, broker } = await makeBench(context).open()
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const ports = Object.fromEntries(names.map((name) => [name, { inherit: true }]))
  const refused = await runtime.run(inheriting('one', { ports, env: {} }))
  assert.equal(refused.reason, 'too-many-sockets')
  assert.match(refused.sentence, /are 7 sockets, .* inherits 6 at most/)
  await until('they are given back', () => broker.leases().length === 0)
  const { g: _, ...six } = ports
  const answer = await runtime.run(inheriting('two', { ports: six, env: {} }))
  const about = await ask(portOf(answer, 'f'))
  assert.deepEqual([about.fd, about.LISTEN_FDNAMES], [8, 'a:b:c:d:e:f'])
})

test('a one-shot inherits too, and its error output is its own', async (context) => {
  const { runtime } = await makeBench(context).open()
  const code = `echo "$LISTEN_FDS for $LISTEN_PID of $$" >&2; [ -S /dev/fd/3 ] && exit 7`
  const command = ['/bin/sh', '-c', code]
  const answer = await runtime.run(inheriting('one', { command, oneShot: true }))
  const instance = String(answer.outputs['instance'])
  await until('it has ended', () => runtime.state(instance)?.status === 'exited')
  const { code: exitCode, lastErrors = [] } = runtime.state(instance) ?? assert.fail('it is known')
  assert.equal(exitCode, 7)
  assert.match(lastErrors.join('\n'), /^1 for (\d+) of \1$/)
})

test('one beside another has sockets of its own, which end with it', async (context) => {
  const parts = await makeBench(context).open()
  const { runtime, broker } = parts
  const [one, two] = [
    await runtime.run(inheriting('one', { beside: true, copy: 1 })),
    await runtime.run(inheriting('one', { beside: true, copy: 2 })),
  ]
  const port = portOf(two)
  assert.notEqual(portOf(one), port)
  await killOne(parts, two, port)
  await until('nothing waits for a next one', async () => (await tryListen(port)) === undefined)
  const cooling = await leaseIn(broker, 'cooling')
  assert.deepEqual([cooling.owner.instance, cooling.claim.port], ['2', port])
  assert.equal((await ask(portOf(one))).LISTEN_FDS, '1')
})

test('the next daemon takes over what inherits, and nobody notices', async (context) => {
  const bench = makeBench(context)
  const first = await bench.open()
  const answer = await first.runtime.run(inheriting('one'))
  const port = portOf(answer)
  const { id } = await leaseIn(first.broker, 'ready')
  const connecting = keepConnecting(context, port)
  await bench.close()
  const next = await bench.open()
  const again = await next.runtime.run(inheriting('one'))
  assert.deepEqual([again.reason, portOf(again)], ['already-running', port])
  await killOne(next, answer, port)
  const waiting = ask(port)
  assert.equal(portOf(await next.runtime.run(inheriting('one'))), port)
  assert.equal((await waiting).LISTEN_FDNAMES, 'http')
  assert.equal((await leaseIn(next.broker, 'ready')).id, id)
  assert.deepEqual([...(await connecting())], ['connected'])
})

test('a shared socket stays with the start that it was given on to, also with the next daemon', async (context) => {
  const bench = makeBench(context)
  const { runtime, broker } = await bench.open()
  const ports = { http: { inherit: true, share: true } }
  const beside = { beside: true, ports }
  const command = [process.execPath, '-e', `${PLAIN}; process.on('SIGTERM', () => undefined)`]
  const one = await runtime.run(inheriting('one', { ...beside, command }))
  const { id } = await leaseIn(broker, 'ready')
  const two = await runtime.run(inheriting('two', beside))
  assert.equal(portOf(two), portOf(one))
  const giveUp = new AbortController()
  const except = String(two.outputs['instance'])
  const stop = order('stop', { subject: 'shop/api', except, stop: { graceMs: 60_000 } })
  const stopping = runtime.run({ ...stop, signal: giveUp.signal })
  const holder = (from: typeof broker): unknown => from.leases()[0]?.process?.pid
  await until('it is given on', () => holder(broker) === two.outputs['pid'])
  giveUp.abort()
  assert.equal((await stopping).reason, 'cancelled')
  await bench.close()
  const next = await bench.open()
  await next.ports.settle()
  assert.equal(holder(next.broker), two.outputs['pid'])
  assert.deepEqual(
    next.broker.leases().map((lease) => [lease.id, lease.state]),
    [[id, 'ready']],
  )
})

test('killed with its daemon, or its keeper, it is there again at the next ramp', async (context) => {
  const folder = openFolder(context)
  const { exitCode, stderr } = await upPlain(folder)
  assert.equal(exitCode, 0, stderr)
  const port = await portIn(folder)
  const { pid } = await ask(port)
  const connecting = keepConnecting(context, port)
  killDaemon(folder)
  process.kill(pid, 'SIGKILL')
  const waiting = ask(port)
  assert.equal((await upPlain(folder)).exitCode, 0)
  assert.notEqual((await waiting).pid, pid)
  assert.equal(await portIn(folder), port)
  assert.deepEqual([...(await connecting())], ['connected'])
  const keeper = (await keeperOf(join(folder, '.rampart'))) ?? assert.fail('there is a keeper')
  process.kill(keeper, 'SIGKILL')
  assert.equal((await ask(port)).PORT, String(port), 'it depends on nobody')
  assert.equal((await rampart(['down', 'plain.yaml'], { cwd: folder })).exitCode, 0)
  await stopDaemon(folder)
})

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: plain }
spec:
  components:
    web:
      run:
        command: [node, plain.cjs]
        ports: { http: { inherit: true } }
      ready: [{ http: { url: "http://$\{self.host}:$\{self.ports.http}/" } }]
`

async function upPlain(folder: string): ReturnType<typeof rampart> {
  writeFileSync(join(folder, 'plain.cjs'), PLAIN)
  writeFileSync(join(folder, 'plain.yaml'), CONTRACT)
  return await rampart(['up', 'plain.yaml'], { cwd: folder })
}

/** The port of what is up there, by the command line's word. */
async function portIn(folder: string): Promise<number> {
  const { stdout } = await rampart(['ports', 'list', '--json'], { cwd: folder })
  const lines = stdout.trim().split('\n')
  const leases = lines.flatMap((line) => {
    const value = JSON.parse(line)
    return value.leases ?? [value]
  })
  const [lease] = leases.filter(({ state }) => state === 'ready' || state === 'active')
  return lease?.claim.port ?? assert.fail(stdout)
}
