/** Ports at the command line: claimed, told of, used by a command and given back. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { openFolder, startRampart, stopDaemon } from '../../../test/support/rampart.ts'
import { until } from '../../../test/support/until.ts'
import type { PortLease } from '../../core/port/port-lease.ts'

test('a claimed port is held, explained and given back, by its number as by its lease', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const run = (...argv: readonly string[]) => runInProcess(['ports', ...argv], folder)
  const claimed = await run('claim', 'shop/api', 'http', 'admin')
  const [http = '', admin = ''] = claimed.stdout.trim().split('\n')
  assert.equal(claimed.exitCode, 0, claimed.stderr)
  const next = 'rampart ports run --service shop/api --port http --port admin -- COMMAND'
  assert.ok(claimed.stderr.endsWith(`  Next: ${next}\n`), claimed.stderr)
  assert.equal((await run('claim', 'shop/api', 'http')).stdout.trim(), http, 'the same again')
  const client = connect(Number(http), '127.0.0.1')
  await once(client, 'connect')
  client.destroy()
  const listed = await run('list', '--service', 'shop/api')
  assert.match(listed.stdout, new RegExp(`${http} +held +shop/api +http`))
  assert.match((await run('explain', http)).stdout, /is leased to shop\/api http since/)
  const other = await run('claim', 'shop/web', '--number', http)
  assert.equal(other.exitCode, 3)
  assert.match(other.stderr, new RegExp(`${http}.* held by shop/api http since`))
  const { stdout } = await run('list', '--json')
  const leases = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PortLease)
  const lease = leases.find(({ owner }) => owner.port === 'admin')?.id ?? assert.fail('admin')
  assert.equal((await run('release', http, lease)).exitCode, 0)
  assert.match((await run('explain', admin)).stdout, /^Nobody has/)
  const again = await run('release', http)
  assert.equal(again.exitCode, 1)
  assert.match(again.stderr, /Nothing is leased as \d+\.\n {2}Next: rampart ports list/)
})

test('names and numbers that cannot be are refused with what may be', async (t) => {
  const folder = openFolder(t)
  for (const [argv, told] of [
    [['claim', 'shop api'], /shop api is no name of a service or a port/],
    [['claim', 'shop/api', '--number', '70000'], /--number takes one port from 1 to 65535/],
    [['claim', 'shop/api', 'a', 'b', '--number', '8080'], /for one name/],
    [['explain', 'http'], /A port is a whole number from 1 to 65535, not http/],
    [['run', '--port', '-', '--', 'true'], /- is no name/],
    [['run', '--protocol', 'sctp', '--', 'true'], /--protocol is tcp or udp, not sctp/],
  ] as const) {
    const { exitCode, stderr } = await runInProcess(['ports', ...argv], folder)
    assert.equal(exitCode, 2, argv.join(' '))
    assert.match(stderr, told)
    assert.match(stderr, /Next: rampart ports/)
  }
  const { exitCode, stderr } = await runInProcess(['ports', 'claim', 'a', '--for', '1y'], folder)
  assert.equal(exitCode, 2)
  assert.match(stderr, /--for 1y: a duration is a whole number with a unit/)
})

const SERVE_UDP = `const socket = require('dgram').createSocket('udp4')
socket.bind(process.env.PORT_DNS, '127.0.0.1')
process.on('SIGTERM', () => process.exit(7))`

test('a command has a port of UDP that was claimed for it', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const flags = ['--protocol', 'udp', '--workspace', folder]
  const claimed = await runInProcess(['ports', 'claim', 'shop/dns', 'dns', ...flags], folder)
  const port = claimed.stdout.trim()
  const next = 'rampart ports run --service shop/dns --port dns --protocol udp -- COMMAND'
  assert.ok(claimed.stderr.includes(next), claimed.stderr)
  const which = ['--service', 'shop/dns', '--port', 'dns', ...flags]
  const command = ['ports', 'run', ...which, '--', process.execPath, '-e', SERVE_UDP]
  const running = startRampart(command, { cwd: folder })
  t.after(() => running.child.kill('SIGKILL'))
  const list = async () => (await runInProcess(['ports', 'list'], folder)).stdout
  await until('it listens', async () => /\/udp +ready/.test(await list()))
  assert.match(await list(), new RegExp(`${port}/udp +ready +shop/dns +dns`))
  const { stdout } = await runInProcess(['ports', 'explain', port], folder)
  assert.match(stdout, new RegExp(`^${port}/udp on .* is leased to shop/dns dns since`))
  running.child.kill('SIGTERM')
  assert.equal((await running.finished).exitCode, 7)
})

const SERVE = `require('net').createServer().listen(process.env.PORT_WEB, '127.0.0.1')
process.on('SIGTERM', () => process.exit(7))`

test('a command runs with ports of its own, which cool when it has ended', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const flags = ['--service', 'shop/web', '--port', 'web', '--workspace', folder]
  const command = ['ports', 'run', ...flags, '--', process.execPath, '-e', SERVE]
  const running = startRampart(command, { cwd: folder })
  t.after(() => running.child.kill('SIGKILL'))
  const state = async (): Promise<string | undefined> => {
    const { stdout } = await runInProcess(['ports', 'list', '--json'], folder)
    return stdout === '' ? undefined : (JSON.parse(stdout) as PortLease).state
  }
  await until('it listens', async () => (await state()) === 'ready')
  const second = await runInProcess(command, folder)
  assert.equal(second.exitCode, 3)
  assert.match(second.stderr, /is used by process \d+\.\n {2}Next: rampart ports run --service/)
  running.child.kill('SIGTERM')
  assert.equal((await running.finished).exitCode, 7)
  assert.equal(await state(), 'cooling')
})

const LISTEN_LATE = `const { existsSync, writeFileSync } = require('fs')
writeFileSync('port', process.env.PORT)
const look = setInterval(() => {
  if (!existsSync('taken')) return
  clearInterval(look)
  require('net').createServer().listen(process.env.PORT, '127.0.0.1')
}, 10)
setTimeout(() => process.exit(2), 20_000)`

test('a command that fails since somebody else listens at its port is told who, as status is', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const flags = ['--service', 'shop/late', '--workspace', folder]
  const command = ['ports', 'run', ...flags, '--', process.execPath, '-e', LISTEN_LATE]
  const running = startRampart(command, { cwd: folder })
  t.after(() => running.child.kill('SIGKILL'))
  const portFile = join(folder, 'port')
  await until(
    'it has a port',
    async () => existsSync(portFile) && readFileSync(portFile).length > 0,
  )
  const port = readFileSync(portFile, 'utf8')
  const thief = createServer().listen(Number(port), '127.0.0.1')
  t.after(() => thief.close())
  await once(thief, 'listening')
  const status = async () => (await runInProcess(['status'], folder)).stdout
  const sentence = `process ${process.pid} \\(.*\\) listens on 127\\.0\\.0\\.1`
  await until('status tells it', async () => (await status()).includes('shop/late http'))
  assert.match(await status(), new RegExp(`Stolen ports\n.*${port}.*${sentence}`))
  const { stdout } = await runInProcess(['status', '--json'], folder)
  assert.equal(JSON.parse(stdout).stolen[0].claim.port, Number(port))
  writeFileSync(join(folder, 'taken'), '')
  const { exitCode, stderr } = await running.finished
  assert.equal(exitCode, 1)
  assert.match(stderr, new RegExp(`rampart: ${port} of shop/late is stolen\\. .*${sentence}`))
})
