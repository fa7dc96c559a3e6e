/** A forwarder as a process: killed, left by its daemon, taken over, of another version; with a real keeper. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { until } from '../../../test/support/until.ts'
import { encodeFrame } from '../../channel/frames.ts'
import { socketPathOf } from '../../channel/socket-path.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import { digestOfText } from '../../core/units/digest.ts'
import { KeeperLink } from '../../ports/keeper/keeper-link.ts'
import { keeperPathOf } from '../../ports/keeper/keeper-path.ts'
import type { Backend } from '../../seams/data-plane.ts'
import type { PortSpawner } from '../../seams/port-broker.ts'
import { ForwarderPlane } from './forwarder-plane.ts'

const FRONT = 'shop/api/http'

/** A workspace whose keeper holds the front's port. */
async function makeBench(context: TestContext, startMs = 15_000) {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-plane-'))
  const link = new KeeperLink({ path: keeperPathOf(folder), onLost: () => undefined })
  const port = await freePort()
  const claim = { protocol: 'tcp', addresses: ['127.0.0.1', '::1'], port } as const
  await link.hold([{ id: 'lease', claim }])
  const spawner: PortSpawner = {
    spawn: ({ leases, ...heir }) =>
      link.spawn({ ...heir, holds: leases.map((id) => ({ id, name: 'http' })) }),
  }
  const log: string[] = []
  const planes: ForwarderPlane[] = []
  const open = (): ForwarderPlane => {
    const clock = new SystemClock()
    const made = { folder, spawner, clock, log: (line: string) => log.push(line), startMs }
    const plane = new ForwarderPlane(made)
    planes.push(plane)
    return plane
  }
  const pids = new Set<number>()
  context.after(() => {
    for (const plane of planes) {
      const pid = plane.pidOf(FRONT)
      if (pid !== undefined) pids.add(pid)
      plane.leave()
    }
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    if (link.pid !== undefined) process.kill(link.pid, 'SIGKILL')
    link.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const front = {
    name: FRONT,
    mode: 'http',
    addresses: claim.addresses,
    port,
    leases: ['lease'],
  } as const
  return { folder, log, open, front, url: `http://127.0.0.1:${port}/`, port }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // There is nobody of that number, which is the answer.
    return false
  }
}

async function answering(context: TestContext, id: string): Promise<Backend> {
  const server = createServer((_, response) => response.end(id)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { id, address: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

/** The answer, or the system's error. */
function ask(url: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false }, (response) => {
      response.setEncoding('utf8')
      response.once('data', resolve)
      response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
    })
    asked.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
  })
}

test('a forwarder that is killed under load refuses nobody, and comes back with all it was told', async (context) => {
  const { open, front, url, log } = await makeBench(context)
  const plane = open()
  await plane.open(front)
  const [old, next] = [await answering(context, 'old'), await answering(context, 'next')]
  await plane.route(FRONT, old)
  await plane.route(FRONT, next)
  await plane.drain(FRONT, old)
  const answers: string[] = []
  let isOver = false
  const clients = Array.from({ length: 16 }, async () => {
    while (!isOver) answers.push(await ask(url))
  })
  for (let round = 0; round < 2; round += 1) {
    const before = answers.length
    await until('there is load', () => answers.length > before + 100)
    const pid = plane.pidOf(FRONT) ?? assert.fail('it runs')
    process.kill(pid, 'SIGKILL')
    await until('another one runs', () => ![undefined, pid].includes(plane.pidOf(FRONT)))
  }
  const after = answers.length
  await until('there is load', () => answers.length > after + 100)
  isOver = true
  await Promise.all(clients)
  const counts = Map.groupBy(answers, (answer) => answer)
  context.diagnostic([...counts].map(([answer, all]) => `${answer}: ${all.length}`).join(', '))
  assert.deepEqual(
    [...counts.keys()].filter((answer) => !['next', 'ECONNRESET', ''].includes(answer)),
    [],
  )
  assert.ok(answers.length - (counts.get('next')?.length ?? 0) <= 2 * 16, 'in flight alone')
  assert.deepEqual(
    (await plane.backends(FRONT)).map(({ id, state }) => [id, state]),
    [
      ['old', 'draining'],
      ['next', 'routed'],
    ],
  )
  assert.equal(log.filter((line) => line.includes('is started again')).length, 2)
})

test('a second daemon finds the process, keeps what it carries, and the first is told so', async (context) => {
  const { open, front, url, folder } = await makeBench(context)
  const [first, second] = [open(), open()]
  const backend = await answering(context, 'one')
  await first.open(front)
  await first.route(FRONT, backend)
  const pid = first.pidOf(FRONT)
  const [found] = await second.found()
  assert.equal(found?.name, FRONT)
  await second.open(front)
  assert.equal(second.pidOf(FRONT), pid)
  assert.equal(await ask(url), 'one')
  await assert.rejects(first.route(FRONT, backend), /another daemon has taken it over/)
  assert.equal(statSync(socketPathOf(folder, nameOf(FRONT))).mode & 0o777, 0o600)
  // What it took over is what it starts again with.
  process.kill(pid ?? 0, 'SIGKILL')
  await until('another one runs', () => ![undefined, pid].includes(second.pidOf(FRONT)))
  assert.equal(await ask(url), 'one')
  const { counts } = (await second.look(FRONT)) ?? assert.fail('it is open')
  assert.equal(counts.backends[0]?.carried, 1)
  await assert.rejects(second.open({ ...front, mode: 'tcp' }), /close that first/)
  await assert.rejects(open().open({ ...front, mode: 'tcp' }), /close that first/)
  const third = open()
  await third.open(front)
  await third.close(FRONT)
  await until('it has ended', async () => (await third.found()).length === 0)
})

test('a daemon that is killed leaves its fronts carrying', async (context) => {
  const { open, front, url, folder, port } = await makeBench(context)
  const backend = await answering(context, 'one')
  const program = join(import.meta.dirname, 'fixtures/plane-owner.ts')
  const words = [program, folder, String(port), JSON.stringify(backend)]
  const owner = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  assert.ok(owner.stdout !== null)
  const [pid] = await once(owner.stdout, 'data')
  context.after(() => isAlive(Number(pid)) && process.kill(Number(pid), 'SIGKILL'))
  assert.equal(await ask(url), 'one')
  const ended = once(owner, 'exit')
  owner.kill('SIGKILL')
  await ended
  assert.equal(await ask(url), 'one')
  const plane = open()
  await plane.open(front)
  assert.equal(plane.pidOf(FRONT), Number(pid))
  const next = await answering(context, 'next')
  await plane.route(FRONT, next)
  await plane.drain(FRONT, backend)
  await until('nothing is under way', async () => (await plane.inFlight(FRONT, backend)) === 0)
  await plane.remove(FRONT, backend)
  assert.equal(await ask(url), 'next')
})

test('a process whose folder is removed ends within seconds, also with a request under way', async (context) => {
  const { open, front, url, folder } = await makeBench(context)
  const plane = open()
  await plane.open(front)
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  context.after(() => {
    silent.close()
    silent.closeAllConnections()
  })
  const asked = once(silent, 'request')
  await plane.route(FRONT, {
    id: 'one',
    ...(silent.address() as AddressInfo),
    address: '127.0.0.1',
  })
  const pid = plane.pidOf(FRONT) ?? assert.fail('it runs')
  context.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'))
  const answer = ask(url)
  await asked
  rmSync(folder, { recursive: true })
  const beganMs = performance.now()
  plane.leave()
  await until('it has ended', () => !isAlive(pid))
  const tookMs = performance.now() - beganMs
  assert.ok(tookMs < 8_000, `it took ${tookMs} ms`)
  assert.equal(await answer, 'ECONNRESET')
})

test('a process of another version is left as it is, and named with the way out', async (context) => {
  const { open, front, folder } = await makeBench(context)
  const strange = createNetServer((socket) => {
    socket.write(encodeFrame({ says: 'hello', version: 99, pid: 4_711, newer: true }))
  }).listen(socketPathOf(folder, nameOf(FRONT)))
  await once(strange, 'listening')
  context.after(() => strange.close())
  const plane = open()
  await assert.rejects(
    plane.open(front),
    /process 4711 speaks version 99, this daemon 1: .*`kill 4711`/,
  )
  await assert.rejects(
    plane.route(FRONT, { id: 'a', address: '127.0.0.1', port: 1 }),
    /open it first/,
  )
})

test('a front that cannot be had is a fault, and what is said to a process is checked', async (context) => {
  const { open, front } = await makeBench(context)
  const plane = open()
  // Held by the keeper, and not inherited.
  await assert.rejects(plane.open({ ...front, leases: [] }), /cannot listen: .*EADDRINUSE/)
  const odd = { ...front, name: 'shop/odd/http', leases: [], addresses: ['localhost'] }
  await assert.rejects(plane.open(odd), /is not a literal address/)
  await assert.rejects(plane.open({ ...front, leases: ['unknown'] }), /not-held/)
})

test('who may come in is known again before anybody can, after a crash too', async (context) => {
  const { open, front, url, log } = await makeBench(context)
  const plane = open()
  const rules = [{ from: ['shop/web'], to: ['shop/api'] }]
  await plane.setAccess({ policies: [{ rules, clients: [] }], processes: [] })
  await plane.open(front)
  await plane.route(FRONT, await answering(context, 'one'))
  assert.match(await ask(url), /^A stranger may not connect to shop\/api \(http\); only shop\/web/)
  const pid = plane.pidOf(FRONT) ?? assert.fail('it runs')
  process.kill(pid, 'SIGKILL')
  // It waits in the queue of the socket until the next one is there.
  assert.match(await ask(url), /^A stranger may not connect/)
  await until('it was told of', () => log.some((line) => /let a client not in/.test(line)))
  const look = (await plane.look(FRONT)) ?? assert.fail('it is open')
  assert.deepEqual([look.counts.refused, look.refusals.length], [1, 1])
  await plane.setAccess({ policies: [], processes: [] })
  assert.equal(await ask(url), 'one')
})

function nameOf(front: string): string {
  return `forwarder-${digestOfText(front).slice(7, 19)}`
}
