/** `rampart ports run --inherit`: real commands on real sockets, and what is said of them. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import {
  type Finished,
  openFolder,
  type Started,
  startRampart,
  stopDaemon,
} from '../../../test/support/rampart.ts'
import { until } from '../../../test/support/until.ts'
import { openSystemSockets } from '../../ports/keeper/system-sockets.ts'
import type { PortLease } from '../../server/wire/ports.ts'
import { InheritedSockets } from '../inherited-sockets.ts'

/** Serves on every socket that it was given, and says so in a file once it does. */
const SERVE = `
const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, PORT } = process.env
const about = { pid: process.pid, LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, PORT }
const said = JSON.stringify(about)
for (let fd = 3; fd < 3 + Number(LISTEN_FDS); fd++) {
  require('node:http').createServer((_, to) => to.end(said)).listen({ fd })
}
require('node:fs').writeFileSync('about.json', said)
process.on('SIGTERM', () => process.exit(7))`

function run(t: TestContext, folder: string, code: string, ...flags: readonly string[]): Started {
  const words = ['ports', 'run', '--inherit', ...flags, '--workspace', folder]
  const running = startRampart([...words, '--', process.execPath, '-e', code], { cwd: folder })
  // Passed on to the command.
  t.after(() => running.child.kill('SIGTERM'))
  return running
}

/** What the command has said of itself, once it has. */
async function about(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const file = join(folder, 'about.json')
  await until('it serves', () => existsSync(file) && readFileSync(file, 'utf8').endsWith('}'))
  return JSON.parse(readFileSync(file, 'utf8'))
}

async function leasesIn(folder: string): Promise<readonly PortLease[]> {
  const { stdout } = await runInProcess(['ports', 'list', '--json'], folder)
  return stdout.trim() === ''
    ? []
    : stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
}

async function end({ child, finished }: Started): Promise<Finished> {
  child.kill('SIGTERM')
  return await finished
}

test('a command serves on the sockets that it inherits, and explain shows it', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const flags = ['--service', 'shop/web', '--port', 'web', '--port', 'admin']
  const running = run(t, folder, SERVE, ...flags)
  const said = await about(folder)
  const { pid, PORT: port } = said
  const told = { LISTEN_PID: String(pid), LISTEN_FDS: '2', LISTEN_FDNAMES: 'web:admin' }
  assert.deepEqual(said, { pid, ...told, PORT: port })
  assert.deepEqual(await (await fetch(`http://127.0.0.1:${port}/`)).json(), said)
  await until('both are ready', async () => {
    const leases = await leasesIn(folder)
    return leases.length === 2 && leases.every(({ state }) => state === 'ready')
  })
  const explained = await runInProcess(['ports', 'explain', String(port)], folder)
  assert.match(explained.stdout, /leased to shop\/web web since/)
  assert.match(
    explained.stdout,
    new RegExp(`Process (${pid}|${running.child.pid}) listens on 127\\.0\\.0\\.1`),
  )
  assert.equal((await end(running)).exitCode, 7)
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`), 'nothing listens any more')
  assert.ok((await leasesIn(folder)).every(({ state }) => state === 'cooling'))
})

test('a command inherits sockets of UDP as well', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const code = `
    const { LISTEN_FDNAMES, PORT } = process.env
    const socket = require('node:dgram').createSocket('udp4')
    socket.on('message', (_, from) => socket.send('pong', from.port))
    socket.bind({ fd: 3 }, () => {
      const said = JSON.stringify({ LISTEN_FDNAMES, PORT: Number(PORT), at: socket.address().port })
      require('node:fs').writeFileSync('about.json', said)
    })`
  const flags = ['--protocol', 'udp', '--service', 'shop/dns', '--port', 'dns']
  const running = run(t, folder, code, ...flags)
  const { LISTEN_FDNAMES, PORT, at } = await about(folder)
  assert.deepEqual([LISTEN_FDNAMES, at], ['dns', PORT])
  await until('it is seen', async () => (await leasesIn(folder))[0]?.state === 'ready')
  await end(running)
})

test('what was claimed by hand is inherited, and nobody else may listen there', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const claimed = await runInProcess(['ports', 'claim', 'shop/web', 'http'], folder)
  const port = Number(claimed.stdout)
  const running = run(t, folder, SERVE, '--service', 'shop/web')
  assert.equal((await about(folder))['PORT'], String(port))
  const stranger = createServer().listen(port, '127.0.0.1')
  const [error] = await once(stranger, 'error')
  assert.equal(error.code, 'EADDRINUSE')
  assert.equal((await end(running)).exitCode, 7)
})

test('a socket that somebody was faster to have is told of', async (t) => {
  const faster = createServer().listen(0, '127.0.0.1')
  t.after(() => faster.close())
  await once(faster, 'listening')
  const { port } = faster.address() as AddressInfo
  const sockets = await openSystemSockets()
  const inherited = new InheritedSockets('open' in sockets ? sockets : assert.fail(sockets.why))
  const claim = { protocol: 'tcp', addresses: ['127.0.0.1'], port } as const
  const refused = inherited.open({ claim, owner: { service: 'shop/web', port: 'http' } })
  assert.equal(refused, `127.0.0.1 port ${port} cannot be listened on: EADDRINUSE.`)
  assert.deepEqual([inherited.descriptors, inherited.variables['LISTEN_FDS']], [[], '0'])
})
