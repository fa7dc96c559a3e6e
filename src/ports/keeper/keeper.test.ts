/** A real keeper: holds that outlive whoever asked for them, and processes that inherit them. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { until } from '../../../test/support/until.ts'
import { withListenPid } from '../../core/port/listen-variables.ts'
import { isPortFree } from '../../runtimes/placement/ports.ts'
import { openKernel } from '../../runtimes/process/kernel/open-kernel.ts'
import { Holding } from '../holding.ts'
import { PortKernel } from '../kernel/port-kernel.ts'
import { Holds } from './holds.ts'
import { KeeperLink } from './keeper-link.ts'
import { keeperPathOf } from './keeper-path.ts'
import { SOCKET_CONSTANTS, socketAddress } from './socket-address.ts'
import { openSystemSockets } from './system-sockets.ts'

function makeLink(context: TestContext, idleMs = 60_000) {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-keeper-'))
  const open = (): KeeperLink =>
    new KeeperLink({ path: keeperPathOf(folder), idleMs, onLost: () => undefined })
  const link = open()
  context.after(() => {
    if (link.pid !== undefined) process.kill(link.pid, 'SIGKILL')
    link.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { link, open, folder }
}

const claim = { protocol: 'tcp', addresses: ['127.0.0.1', '::1'], port: 21_511 } as const

test('a hold refuses everybody else, and stays when its daemon leaves', async (context) => {
  const { link, open } = makeLink(context)
  const [first] = await link.hold([{ id: 'one', claim }])
  assert.ok(first !== undefined && 'inodes' in first)
  const outcomes = await link.hold([
    { id: 'two', claim },
    { id: 'udp', claim: { ...claim, protocol: 'udp' } },
    { id: 'odd', claim: { ...claim, addresses: ['localhost'] } },
    { id: 'far', claim: { ...claim, addresses: ['192.0.2.1'] } },
  ])
  assert.deepEqual(
    outcomes.map((one) => ('error' in one ? one.error : 'held')),
    ['EADDRINUSE', 'held', 'EINVAL', 'EADDRNOTAVAIL'],
  )
  const other = open()
  assert.ok(await other.find())
  assert.deepEqual(
    (await other.list()).map(({ id }) => id),
    ['one', 'udp'],
  )
  await other.letGo(['one', 'udp', 'unknown'])
  assert.deepEqual(await link.list(), [])
  other.close()
})

test('what nobody understands ends the line of whoever says it, and no hold', async (context) => {
  const { link, folder } = makeLink(context)
  const [first] = await link.hold([{ id: 'one', claim: { ...claim, port: 21_516 } }])
  assert.ok(first !== undefined && 'inodes' in first)
  const endless = 'x'.repeat(17 * 1_048_576)
  const strange = ['no JSON\n', 'null\n', endless]
  for (const words of strange) {
    const socket = connect(keeperPathOf(folder))
    socket.on('error', () => socket.destroy())
    socket.resume().write(words)
    await new Promise((resolve) => socket.once('close', resolve))
  }
  const later = connect(keeperPathOf(folder))
  later.write('{"request":6,"do":"hold"}\n{"request":7,"do":"something new"}\n')
  let heard = ''
  for await (const piece of later) {
    heard += String(piece)
    if (heard.includes('"request":7')) break
  }
  assert.match(heard, /"request":6,"error":"[^"]*undefined/)
  assert.match(heard, /"request":7,"error":"ENOSYS"/)
  assert.deepEqual(
    (await link.list()).map(({ id }) => id),
    ['one'],
  )
})

test('whoever has no answer of a keeper says so, and does not take it for nothing held', async (context) => {
  const { folder } = makeLink(context)
  const path = join(folder, 'other')
  const said = ['no JSON\n', '{"says":"hello","pid":1}\n']
  const refusal = '{"says":"refused","request":1,"error":"EIO"}\n'
  const server = createServer((socket) => {
    socket.write(said.shift() ?? '')
    socket.once('data', () => socket.end(refusal)).on('error', () => socket.destroy())
  }).listen(path)
  await once(server, 'listening')
  context.after(() => server.close())
  const link = new KeeperLink({ path, onLost: () => undefined })
  await assert.rejects(link.find(), { code: 'ports-unavailable', hint: /is no keeper/ })
  const wishes = [{ id: 'one', claim }]
  await assert.rejects(link.hold(wishes), { hint: 'The keeper could not hold ports: EIO.' })
  link.close()
})

test('a process inherits held sockets, and serves who connected before it was there', async (context) => {
  const { link, folder } = makeLink(context)
  await link.hold([{ id: 'api', claim: { ...claim, port: 21_512 } }])
  const early = connect(21_512, '127.0.0.1')
  const heard = new Promise<string>((resolve) =>
    early.once('data', (data) => resolve(String(data))),
  )
  const code = `
    const { LISTEN_FDS, LISTEN_FDNAMES, LISTEN_PID } = process.env
    const words = [LISTEN_FDS, LISTEN_FDNAMES, Number(LISTEN_PID) === process.pid].join(' ')
    console.log(words)
    require('node:net').createServer((socket) => socket.end(words)).listen({ fd: 3 })`
  const out = join(folder, 'out')
  const heir = await link.spawn({
    command: withListenPid([process.execPath, '-e', code]),
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    out,
    holds: [{ id: 'api', name: 'ht:tp' }],
  })
  context.after(() => process.kill(-heir.pid, 'SIGKILL'))
  assert.equal(await heard, '2 ht-tp:ht-tp true')
  assert.equal(readFileSync(out, 'utf8').trim(), '2 ht-tp:ht-tp true')
  await assert.rejects(
    link.spawn({ command: ['/bin/true'], cwd: '/', env: {}, holds: [{ id: 'none', name: 'x' }] }),
    /not-held/,
  )
  const short = await link.spawn({
    command: ['/bin/sh', '-c', 'exit 7'],
    cwd: '/',
    env: {},
    holds: [],
  })
  assert.deepEqual(await short.ended, { code: 7, signal: null })
})

test('a socket that somebody has is copied, and what is not that one, or may not be had, is not', async () => {
  const sockets = await openSystemSockets()
  assert.ok('open' in sockets)
  const one = { protocol: 'tcp', addresses: ['127.0.0.1'], port: 21_517 } as const
  const [address] = one.addresses
  const opened = sockets.open({ ...one, address })
  assert.ok('fd' in opened)
  const holds = new Holds(sockets)
  const had = { address, pid: process.pid, inode: opened.inode }
  const inUse = { id: 'a', address, error: 'EADDRINUSE' }
  assert.deepEqual(holds.hold({ id: 'a', claim: one }), inUse)
  assert.deepEqual(holds.hold({ id: 'a', claim: one, had: [{ ...had, inode: '1' }] }), inUse)
  assert.deepEqual(holds.hold({ id: 'a', claim: one, had: [{ ...had, pid: 2 ** 22 }] }), inUse)
  assert.deepEqual(holds.hold({ id: 'a', claim: one, had: [had] }), {
    id: 'a',
    inodes: [had.inode],
  })
  sockets.close(opened.fd)
  assert.equal(await isPortFree(21_517), false, 'the copy holds it')
  holds.letGo('a')
  assert.equal(await isPortFree(21_517), true)
})

test('who is to inherit what nothing holds any more is refused, and told what to do', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-holding-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const kernel = new PortKernel(openKernel())
  const holding = new Holding({ folder, kernel, onLost: () => undefined })
  const heir = { command: ['/bin/true'], cwd: '/', env: {}, holds: [{ id: '80-1', name: 'http' }] }
  await assert.rejects(
    holding.spawn(heir),
    /Nothing holds port http .* Bring the component down, then up/,
  )
  holding.close()
})

test('it ends by itself once it holds nothing and nobody is connected', async (context) => {
  const { link, folder } = makeLink(context, 50)
  await link.hold([{ id: 'one', claim: { ...claim, port: 21_513 } }])
  await link.letGo(['one'])
  link.close()
  await until('it is gone', () => !existsSync(keeperPathOf(folder)))
})

test('it ends, whatever it holds, once its folder is gone and nobody can find it', async (context) => {
  // It does not wait for as long as it would with nothing to hold.
  const { link, folder } = makeLink(context)
  const port = 21_514
  await link.hold([{ id: 'one', claim: { ...claim, port } }])
  link.close()
  rmSync(folder, { recursive: true })
  await until('its port is free', () => isPortFree(port))
})

test('it ends with its folder, also when its socket is elsewhere, since that path would be long', async (context) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'rampart-keeper-')), 'x'.repeat(110))
  const path = keeperPathOf(folder)
  assert.ok(!path.startsWith(folder))
  const link = new KeeperLink({ path, folder, onLost: () => undefined })
  await link.hold([{ id: 'one', claim: { ...claim, port: 21_515 } }])
  const pid = link.pid ?? assert.fail('it runs')
  context.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'))
  link.close()
  rmSync(join(folder, '..'), { recursive: true })
  await until('it is gone', () => !isAlive(pid))
  assert.equal(existsSync(path), false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // There is nobody of that number, which is the answer.
    return false
  }
}

test('addresses are written as the system wants them', () => {
  const { linux, darwin } = SOCKET_CONSTANTS
  assert.ok(linux !== undefined && darwin !== undefined)
  const hex = (address: string, constants = linux): string | undefined =>
    socketAddress({ address, port: 0x1f90 }, constants)?.toString('hex')
  assert.equal(hex('127.0.0.1'), '02001f907f0000010000000000000000')
  assert.equal(hex('127.0.0.1', darwin), '10021f907f0000010000000000000000')
  assert.equal(hex('::1')?.slice(4, 48), `1f9000000000${'0'.repeat(30)}01`)
  assert.equal(hex('fe80::2:1')?.slice(16, 48), 'fe800000000000000000000000020001')
  for (const none of [
    'localhost',
    '1.2.3',
    '1.2.3.256',
    ':::',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8:9',
  ]) {
    assert.equal(hex(none), undefined, none)
  }
})
