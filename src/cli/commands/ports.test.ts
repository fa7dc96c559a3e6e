/** Ports at the command line: claimed, told of, used by a command and given back. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { until } from '../../../test/support/daemon.ts'
import { openFolder, startRampart, stopDaemon } from '../../../test/support/rampart.ts'
import type { PortLease } from '../../core/port/port-lease.ts'

test('a claimed port is held, explained and given back, by its number as by its lease', async (t) => {
  const folder = openFolder(t)
  t.after(() => stopDaemon(folder))
  const run = (...argv: readonly string[]) => runInProcess(['ports', ...argv], folder)
  const claimed = await run('claim', 'shop/api', 'http', 'admin')
  const [http = '', admin = ''] = claimed.stdout.trim().split('\n')
  assert.equal(claimed.exitCode, 0, claimed.stderr)
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
  ] as const) {
    const { exitCode, stderr } = await runInProcess(['ports', ...argv], folder)
    assert.equal(exitCode, 2, argv.join(' '))
    assert.match(stderr, told)
    assert.match(stderr, /Next: rampart ports/)
  }
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
