/** What both ways of asking the operating system must agree on. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { LinuxKernel, parseStat } from './linux.ts'
import { openKernel } from './open-kernel.ts'
import { PsKernel, parseListeners, parseProcesses, parseSockets } from './ps.ts'
import { SocketDiag } from './socket-diag.ts'
import { printAddress } from './socket-table.ts'

const hasProc = existsSync('/proc/self/stat')
const linuxOnly = { skip: hasProc ? false : 'there is no /proc on this machine' }

test('both kernels tell the same pid, parent and group of this process', linuxOnly, () => {
  const linux = new LinuxKernel().process(process.pid)
  const ps = new PsKernel().process(process.pid)
  assert.equal(linux?.pid, process.pid)
  assert.equal(linux?.parentPid, process.ppid)
  assert.deepEqual(
    [ps?.pid, ps?.parentPid, ps?.groupId],
    [linux?.pid, linux?.parentPid, linux?.groupId],
  )
})

test('a process is identified by its start time, and gone once it ended', async () => {
  const kernel = openKernel()
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, RAMPART_INSTANCE: 'shop/api#7' },
  })
  const pid = child.pid ?? 0
  const started = kernel.process(pid)?.started
  assert.ok(started !== undefined && started.length > 0)
  assert.equal(kernel.process(pid)?.started, started)
  assert.equal(kernel.variables(pid)?.get('RAMPART_INSTANCE'), 'shop/api#7')
  assert.match(kernel.command(pid), /process\.stdin\.resume/)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  assert.equal(kernel.process(pid), undefined)
  assert.equal(kernel.variables(pid), undefined)
  assert.equal(kernel.command(pid), '')
})

test('a listening port is told with its holder', linuxOnly, async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '::1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const kernel = new LinuxKernel()
  assert.ok(kernel.listeningPorts().has(port))
  assert.deepEqual(kernel.listenersOf([process.pid]), [{ port, pid: process.pid }])
  assert.deepEqual(kernel.socketsOn(port, [process.pid]), [{ address: '::1', pids: [process.pid] }])
  assert.deepEqual(kernel.socketsOn(port, [process.ppid]), [{ address: '::1', pids: [] }])
  await new Promise((resolve) => server.close(resolve))
  assert.ok(!kernel.listeningPorts().has(port))
})

test('netlink and /proc tell the same of who listens and of who connects', linuxOnly, async (t) => {
  const asked = new LinuxKernel()
  const read = new LinuxKernel(() => undefined)
  assert.ok(SocketDiag.open() !== undefined, 'this machine can be asked')
  for (const host of ['127.0.0.1', '::1', '::']) {
    const server = createServer().listen(0, host)
    await once(server, 'listening')
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const rows = [asked, read].map((kernel) => {
      return kernel.listening('tcp')?.filter((row) => row.port === port)
    })
    assert.equal(rows[0]?.length, 1)
    assert.deepEqual(rows[0], rows[1])
    // A socket of IPv6 that speaks IPv4 is one of its own kind in the tables.
    const ways = {
      '127.0.0.1': ['127.0.0.1', '::ffff:127.0.0.1'],
      '::1': ['::1'],
      '::': ['127.0.0.1'],
    }
    for (const way of ways[host as '::']) {
      const client = connect(port, way)
      const [accepted] = (await once(server, 'connection')) as [Socket]
      const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = accepted
      const ends = { remoteAddress, remotePort, localAddress, localPort }
      const found = asked.client(ends)
      assert.deepEqual(found, read.client(ends), way)
      assert.equal(found?.user, process.getuid?.())
      assert.deepEqual(asked.holders(new Set([found?.inode ?? '']), [process.pid]).size, 1)
      // The other way round it is the socket of the server's side.
      const turned = {
        remoteAddress: localAddress,
        remotePort: localPort,
        localAddress: remoteAddress,
      }
      const mine = asked.client({ ...turned, localPort: remotePort })
      assert.notEqual(mine?.inode ?? '', found?.inode)
      client.destroy()
      accepted.destroy()
      await Promise.all([once(client, 'close'), once(accepted, 'close')])
      assert.equal(asked.client(ends), undefined, 'nobody is there any more, but somebody listens')
    }
  }
  const nowhere = {
    remoteAddress: '192.0.2.1',
    remotePort: 9,
    localAddress: '192.0.2.2',
    localPort: 9,
  }
  assert.equal(asked.client(nowhere), undefined)
})

test('thousands of listeners are told in one answer', linuxOnly, async (t) => {
  const servers = Array.from({ length: 2_000 }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  t.after(() => servers.map((server) => server.close()))
  const told = new Set(new LinuxKernel().listening('tcp')?.map(({ port }) => port))
  for (const server of servers) assert.ok(told.has((server.address() as AddressInfo).port))
})

test('a name that looks like fields does not confuse the reading of stat', () => {
  const tail = 'S 7 8 9 0 -1 4194560 1 0 0 0 1 0 0 0 20 0 1 0 4711 1 1'
  assert.deepEqual(parseStat(`42 (a) S 1) ${tail}`), {
    pid: 42,
    parentPid: 7,
    groupId: 8,
    sessionId: 9,
    started: '4711',
  })
  assert.equal(parseStat(`42 (a) ${tail.replace('S', 'Z')}`), undefined)
  assert.equal(parseStat('nonsense'), undefined)
})

test('a process whose first thread alone has ended is still alive', () => {
  const tail = 'Z 7 8 9 0 -1 4194560 1 0 0 0 1 0 0 0 20 0 3 0 4711 1 1'
  assert.equal(parseStat(`42 (a) ${tail}`)?.pid, 42)
})

test('the words of ps and lsof are read, zombies left out', () => {
  const text =
    '  42     1    42 Ss   Sat Nov 21 03:09:26 2026\n 43 42 42 Z+ Sat Nov 21 03:09:27 2026\n'
  assert.deepEqual(parseProcesses(text), [
    { pid: 42, parentPid: 1, groupId: 42, sessionId: 42, started: 'Sat Nov 21 03:09:26 2026' },
  ])
  assert.deepEqual(parseListeners('p42\nf3\nn127.0.0.1:8080\nn[::1]:9090\np43\nn*:1\n'), [
    { port: 8080, pid: 42 },
    { port: 9090, pid: 42 },
    { port: 1, pid: 43 },
  ])
})

test('the ps kernel says what it cannot tell, the Linux kernel has nothing to say', () => {
  assert.ok(new PsKernel().blindSpots.length > 0)
  assert.deepEqual(new LinuxKernel().blindSpots, [])
})

test('the addresses that sockets are bound to are read as people write them', () => {
  assert.equal(printAddress('00000000'), '0.0.0.0')
  assert.equal(printAddress('0100007F'), '127.0.0.1')
  assert.equal(printAddress('0'.repeat(32)), '::')
  assert.equal(printAddress(`${'0'.repeat(24)}01000000`), '::1')
  assert.equal(printAddress('0000000000000000FFFF00000100007F'), '127.0.0.1')
  const text = 'p42\nf3\ntIPv4\nn*:80\nf4\ntIPv6\nn*:80\np43\nf3\ntIPv6\nn[::1]:80\ntIPv4\nn*:80\n'
  assert.deepEqual(parseSockets(text, [43]), [
    { address: '0.0.0.0', pids: [43] },
    { address: '::', pids: [] },
    { address: '::1', pids: [43] },
  ])
})
