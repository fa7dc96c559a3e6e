/** Components with ports of UDP: real programs, by whole ramps, that answer datagrams. */
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { present } from '../../src/core/fault/assert.ts'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import type { RampState } from '../../src/core/ramp/state.ts'
import type { Json, JsonObject } from '../../src/core/units/json.ts'
import { Discovery } from '../../src/edge/discovery/server/open-discovery.ts'
import { SystemRandom } from '../../src/random/system-random.ts'
import { openKernel } from '../../src/runtimes/process/kernel/open-kernel.ts'
import { Bench, tinyContract, webSaying } from '../handover/ramps.ts'
import { runInProcess } from '../support/cli.ts'
import { freePort } from '../support/free-port.ts'
import { openFolder, stopDaemon } from '../support/rampart.ts'
import { until } from '../support/until.ts'

/** Answers each datagram with its word and what it was told, on what it inherits or on its port. */
const ECHO = `
  const { SAYS, AFTER, PORT, LISTEN_FDS, LISTEN_FDNAMES } = process.env
  const { existsSync } = require('node:fs')
  const socket = require('node:dgram').createSocket('udp4')
  const said = JSON.stringify({ says: SAYS, pid: process.pid, named: LISTEN_FDNAMES })
  socket.on('message', (_, from) => socket.send(said, from.port, from.address))
  const where = LISTEN_FDS ? { fd: 3 } : { port: Number(PORT), address: '127.0.0.1' }
  const bind = () => socket.bind(where, () => console.log('answers'))
  console.log('begins')
  const waits = setInterval(() => {
    if (AFTER && !existsSync(AFTER)) return
    clearInterval(waits)
    bind()
  }, 5)`

/** Says that every name is 10.0.0.7: the question as it came, and one answer to it. */
const NAMES = `
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', (asked, from) => {
    const end = asked.indexOf(0, 12) + 5
    const head = Buffer.from([asked[0], asked[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 0, 0, 7])
    socket.send(Buffer.concat([head, asked.subarray(12, end), answer]), from.port, from.address)
  }).bind(Number(process.env.PORT_DNS), '127.0.0.1')`

interface Wishes {
  readonly port?: JsonObject
  readonly env?: JsonObject
  /** What its log says once it is ready. */
  readonly says?: string
}

/** An environment of one component that says a word. */
function echo(word: string, { port = {}, env = {}, says = 'answers' }: Wishes = {}): Json {
  const dns = {
    run: {
      command: [process.execPath, '-e', ECHO],
      ports: { dns: { protocol: 'udp', ...port } },
      env: { SAYS: word, ...env },
    },
    ready: [{ log: { pattern: `^${says}$` } }],
    deadline: '30s',
  }
  const spec = { components: { dns }, watch: false }
  return { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name: 'names' }, spec }
}

interface Answer {
  readonly says: string
  readonly pid: number
  readonly named?: string
}

/** Sends one datagram, and no second one. */
function ask(t: TestContext, port: number): Promise<Answer> {
  const socket = createSocket('udp4')
  const answered = once(socket, 'message', { signal: t.signal })
  socket.send('what do you say?', port, '127.0.0.1')
  return answered
    .then(([bytes]) => JSON.parse(String(bytes)) as Answer)
    .finally(() => socket.close())
}

/** Binds as any program would; how it was refused, if it was. */
async function bind(t: TestContext, port: number): Promise<Socket | string> {
  const socket = createSocket('udp4')
  const { promise, resolve } = Promise.withResolvers<Socket | string>()
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(socket))
  let isOpen = true
  socket.once('close', () => {
    isOpen = false
  })
  t.after(() => isOpen && socket.close())
  return await promise
}

/** Whether anybody is bound to it, by the kernel's word. */
function isBound(port: number): boolean {
  const rows = present(openKernel().listening('udp'), 'this machine tells')
  return rows.some((row) => row.port === port)
}

/** The component's one lease that has not ended, once it is in this state. */
async function leaseIn(bench: Bench, state: PortLease['state']): Promise<PortLease> {
  const find = async () => (await bench.leases()).find((lease) => lease.state === state)
  await until(`it is ${state}`, async () => (await find()) !== undefined)
  return present(await find(), state)
}

function assertReached({ ended }: RampState): void {
  assert.equal(ended?.outcome, 'reached', ended?.cause?.sentence)
}

test('a component answers on its port of UDP, on the same one when it has changed, and goes', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const cli = async (...argv: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runInProcess(argv, folder)
    assert.equal(exitCode, 0, stderr)
    return stdout
  }
  const up = async (word: string): Promise<PortLease> => {
    writeFileSync(join(folder, 'rampart.yaml'), JSON.stringify(echo(word)))
    await cli('up')
    const leases = async (): Promise<readonly PortLease[]> => {
      const lines = (await cli('ports', 'list', '--json')).trim().split('\n')
      return lines.map((line) => JSON.parse(line) as PortLease)
    }
    await until('it is ready', async () => (await leases()).some(({ state }) => state === 'ready'))
    const [lease] = await leases()
    return present(lease, 'it has one')
  }
  const first = await up('one')
  const { port } = first.claim
  assert.deepEqual([first.claim.protocol, first.servedAt], ['udp', ['127.0.0.1']])
  const one = await ask(t, port)
  assert.equal(one.says, 'one')
  assert.match(await cli('status'), new RegExp(`dns .*pid ${one.pid}, dns ${port}/udp`))
  assert.match(await cli('ports', 'list'), new RegExp(`${port}/udp +ready +names/dns +dns`))
  const story = await cli('ports', 'explain', String(port))
  assert.match(story, new RegExp(`${port}/udp on .* is leased to names/dns dns`))
  assert.doesNotMatch(story, /without a lease/)
  const second = await up('two')
  assert.equal(second.claim.port, port)
  assert.notEqual(second.process?.pid, first.process?.pid)
  assert.equal((await ask(t, port)).says, 'two')
  await cli('down')
  assert.equal(isBound(port), false)
  assert.match(await cli('ports', 'list'), new RegExp(`${port}/udp +cooling`))
})

test('a name server is proved by what it answers', async (t) => {
  const bench = new Bench(t)
  const resolvers = [`$\{self.host}:$\{self.ports.dns}`]
  const dns = {
    run: { command: [process.execPath, '-e', NAMES], ports: { dns: { protocol: 'udp' } } },
    ready: [{ dns: { name: 'shop.test', resolvers, expect: '10.0.0.7' } }],
    deadline: '30s',
  }
  const spec = { components: { dns }, watch: false }
  const names = { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name: 'names' }, spec }
  await bench.up(names)
  await leaseIn(bench, 'ready')
})

test('who binds the port of a component is named, until it is gone', async (t) => {
  const bench = new Bench(t)
  const AFTER = join(bench.folder, 'go')
  await bench.up(echo('one', { env: { AFTER }, says: 'begins' }))
  const { claim } = await leaseIn(bench, 'assigned')
  const thief = await bind(t, claim.port)
  assert.ok(typeof thief !== 'string', String(thief))
  const stolen = await leaseIn(bench, 'stolen')
  assert.deepEqual([stolen.thief?.pid, stolen.thief?.address], [process.pid, '127.0.0.1'])
  const { broker } = present((await bench.parts()).leasing, 'ports are leased')
  const { sentences } = await broker.story(claim.port)
  assert.match(sentences.join('\n'), new RegExp(`${process.pid} .*listens on 127\\.0\\.0\\.1`))
  thief.close()
  await leaseIn(bench, 'assigned')
  writeFileSync(AFTER, '')
  await leaseIn(bench, 'ready')
  assert.equal(await bind(t, claim.port), 'EADDRINUSE')
})

test('what comes while a component that inherits is restarted is answered by its next start', async (t) => {
  const bench = new Bench(t)
  const port = { inherit: true }
  await bench.up(echo('one', { port }))
  const { id, claim, giving } = await leaseIn(bench, 'ready')
  assert.equal(giving, 'descriptor')
  const one = await ask(t, claim.port)
  assert.deepEqual([one.says, one.named], ['one', 'dns'])
  assertReached(await bench.ramp(echo('two', { port })))
  assert.equal((await ask(t, claim.port)).says, 'two')
  const [pid = 0] = await bench.pids()
  process.kill(pid, 'SIGKILL')
  await until('its end is seen', async () => (await bench.pids()).length === 0)
  const waiting = ask(t, claim.port)
  assert.equal(await bind(t, claim.port), 'EADDRINUSE')
  assertReached(await bench.ramp(echo('three', { port })))
  assert.equal((await waiting).says, 'three')
  assert.equal((await leaseIn(bench, 'ready')).id, id, 'it is the same lease all the time')
  assertReached(await bench.ramp(echo('three', { port }), 'down'))
  await until('nothing holds it', () => !isBound(claim.port))
})

test('what a contract fixes in a range of UDP is held, then given to the component', async (t) => {
  const bench = new Bench(t)
  const port = await freePort()
  const range = { ports: port, protocol: 'udp', for: { service: 'names/*' } }
  const ranges = { dns: { ...range, addresses: ['127.0.0.1'], fixed: { 'names/dns/dns': port } } }
  const contract = (kind: string, spec: JsonObject): Json => {
    return { apiVersion: 'rampart/v1', kind, metadata: { name: 'own' }, spec }
  }
  await bench.up(contract('Ports', { ranges, cooling: '100ms' }))
  await leaseIn(bench, 'held')
  assert.equal(await bind(t, port), 'EADDRINUSE')
  const { ended } = await bench.ramp(echo('one', { port: { protocol: 'tcp' } }))
  const why = new RegExp(`names/dns/dns has ${port}/udp fixed by range dns`)
  assert.match(ended?.cause?.sentence ?? '', why)
  for (const word of ['one', 'two']) {
    assertReached(await bench.ramp(echo(word)))
    assert.equal((await ask(t, port)).says, word)
  }
  assert.equal((await leaseIn(bench, 'ready')).rule.contract, 'own')
})

test('beside a front each start has a port of UDP of its own', async (t) => {
  const bench = new Bench(t)
  const code = `require('./web.cjs')
    const socket = require('node:dgram').createSocket('udp4')
    const said = JSON.stringify({ says: process.env.SAYS, pid: process.pid })
    socket.on('message', (_, from) => socket.send(said, from.port, from.address))
    socket.bind(Number(process.env.PORT_DNS), '127.0.0.1')`
  const web = (says: string): Json => {
    const ports = { http: {}, dns: { protocol: 'udp' } }
    const more = { roll: { ports: ['http'], drain: '10s' } }
    return tinyContract(webSaying(says, { command: [process.execPath, '-e', code], ports, more }))
  }
  const seen = new Set<number>()
  for (const says of ['one', 'two']) {
    await bench.up(web(says))
    const isNew = ({ claim, state }: PortLease): boolean =>
      claim.protocol === 'udp' && state === 'ready' && !seen.has(claim.port)
    const own = async () => (await bench.leases()).find(isNew)
    await until('the new one is there', async () => (await own()) !== undefined)
    const { port } = present(await own(), 'it is there').claim
    assert.equal((await ask(t, port)).says, says)
    seen.add(port)
  }
  const [first = 0] = seen
  await until('nobody has the first one', () => !isBound(first))
})

test('a port that becomes one of UDP is leased anew, and told of as such', async (t) => {
  const bench = new Bench(t)
  await bench.up(echo('one', { port: { protocol: 'tcp' } }))
  const before = (await bench.leases()).map(({ claim }) => claim.protocol)
  assert.deepEqual(before, ['tcp'])
  assertReached(await bench.ramp(echo('two')))
  const { claim } = await leaseIn(bench, 'ready')
  assert.equal(claim.protocol, 'udp')
  const { broker } = present((await bench.parts()).leasing, 'ports are leased')
  const ended = broker.leases().filter((lease) => lease.claim.protocol === 'tcp')
  assert.ok(
    ended.every(({ state }) => state === 'cooling'),
    JSON.stringify(ended),
  )
  const discovery = await Discovery.open({
    ...{ broker, clock: new SystemClock(), random: new SystemRandom() },
    onTrouble: (error) => assert.fail(String(error)),
    doors: { dns: {} },
  })
  t.after(() => discovery.close())
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${discovery.dns?.port}`])
  const told = await resolver.resolveSrv('_dns._udp.dns.names.ports.test')
  assert.deepEqual(
    told.map(({ port }) => port),
    [claim.port],
  )
  await assert.rejects(resolver.resolveSrv('_dns._tcp.dns.names.ports.test'), /ENODATA|ENOTFOUND/)
})
