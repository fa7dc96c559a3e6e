/** Ports acquired from a real daemon. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { openDaemon, openWorkspace } from '../../test/support/daemon.ts'
import { until } from '../../test/support/until.ts'
import { isFault } from '../core/fault/fault.ts'
import { acquirePort } from './acquire-port.ts'
import { askDaemon, findDaemonSocket } from './ask-daemon.ts'

const run = promisify(execFile)

test('a port is leased to this process, listened on, and given back', async (t) => {
  const workspace = openWorkspace(t)
  const client = await openDaemon(t, workspace)
  const folder = join(workspace, 'packages/api')
  mkdirSync(folder, { recursive: true })
  const options = { folder, variables: {} }
  const found = await acquirePort('shop/api', options)
  assert.equal(found.by, 'lease')
  const server = createServer().listen(found.port, found.host)
  await once(server, 'listening')
  t.after(() => server.close())
  const lease = async () => {
    const { leases } = await client.ports.leases()
    return leases.find(({ claim }) => claim.port === found.port)
  }
  await until('it is ready', async () => (await lease())?.state === 'ready')
  assert.equal((await lease())?.process?.pid, process.pid)
  assert.equal((await acquirePort('shop/api', options)).port, found.port, 'the same again')
  const module = JSON.stringify(join(import.meta.dirname, 'acquire-port.ts'))
  const second = run(process.execPath, [
    '--input-type=module',
    '-e',
    `import { acquirePort } from ${module}
    await acquirePort('shop/api', ${JSON.stringify(options)})`,
  ])
  await assert.rejects(second, new RegExp(`${found.port} is used by process ${process.pid}`))
  const other = await acquirePort('shop/api', { ...options, scope: 'wt1', port: 'metrics' })
  assert.notEqual(other.port, found.port)
  const udp = await acquirePort('shop/dns', { ...options, port: 'dns', protocol: 'udp' })
  const { leases } = await client.ports.leases()
  assert.equal(leases.find(({ owner }) => owner.port === 'dns')?.claim.protocol, 'udp')
  await udp.release()
  server.close()
  await found.release()
  await found.release()
  await other.release()
  assert.equal((await lease())?.state, 'cooling')
  const strange = acquirePort('shop api', options)
  await assert.rejects(strange, (thrown) => isFault(thrown, 'request-malformed'))
  // No client can inherit a socket, and one that nobody accepts on would keep callers waiting.
  const body = { wishes: [{ owner: { service: 'a', port: 'http' }, giving: 'descriptor' }] }
  const socket = findDaemonSocket(folder)
  const inherited = askDaemon({ socket, method: 'POST', path: '/v1/ports/leases', body })
  await assert.rejects(inherited, (thrown) => isFault(thrown, 'request-malformed'))
})

test('a port that was given is taken as it is', async () => {
  const variables = { PORT_ADMIN: '4001', PORT: '4000', HOST: '::1' }
  const http = await acquirePort('shop/api', { variables })
  assert.deepEqual([http.port, http.host, http.by], [4000, '::1', 'given'])
  await http.release()
  assert.equal((await acquirePort('shop/api', { variables, port: 'admin' })).port, 4001)
  const wrong = acquirePort('shop/api', { variables: { PORT: 'http' } })
  await assert.rejects(wrong, /PORT=http is not a port/)
})

test('without a daemon it is said how to get one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-acquire-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const alone = acquirePort('shop/api', { folder, variables: {} })
  await assert.rejects(alone, (thrown) => isFault(thrown, 'daemon-absent'))
})

test('a daemon that ends in the middle of an answer is one that is not there', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-acquire-'))
  const socket = join(folder, 'daemon.sock')
  const server = createServer((client) => {
    client.once('data', () => client.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{'))
  }).listen(socket)
  await once(server, 'listening')
  t.after(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })
  mkdirSync(join(folder, '.rampart'))
  writeFileSync(join(folder, '.rampart/daemon.json'), JSON.stringify({ socket }))
  const broken = acquirePort('shop/api', { folder, variables: {} })
  await assert.rejects(broken, (thrown) => isFault(thrown, 'daemon-absent'))
})

test('a daemon that says nothing is waited for no longer than it may take', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-silent-'))
  const socket = join(folder, 'silent.sock')
  const server = createServer().listen(socket)
  await once(server, 'listening')
  t.after(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })
  const asking = askDaemon({ socket, method: 'DELETE', path: '/', withinMs: 20 })
  await assert.rejects(asking, (thrown) => isFault(thrown, 'daemon-unready'))
})
