import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import {
  isAlive,
  killDaemon,
  openDaemon,
  openWorkspace,
  PROGRAM,
} from '../../test/support/daemon.ts'
import { until } from '../../test/support/until.ts'
import { isFault } from '../core/fault/fault.ts'
import type { Json } from '../core/units/json.ts'
import { openKernel } from '../runtimes/process/kernel/open-kernel.ts'
import type { RampartClient } from '../server/client/client.ts'
import { connectDaemon } from '../server/client/connect-daemon.ts'
import { placeOf, readDaemonFile } from '../server/client/daemon-place.ts'
import { ensureDaemon } from '../server/client/ensure-daemon.ts'
import type { StreamEvent } from '../server/wire.ts'

const SERVE = 'setInterval(() => {}, 1000); console.log("up")'

function contract(components: Json): Json {
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'tiny' },
    spec: { components },
  }
}

const TINY = contract({
  api: {
    run: { command: [process.execPath, '-e', SERVE] },
    ready: [{ log: { pattern: 'up' } }],
    stop: { grace: '2s' },
  },
})

async function ramp(
  client: RampartClient,
  workspace: string,
  goal: 'up' | 'down',
): Promise<string> {
  const opening = { contract: TINY, directory: workspace, goal, settings: {}, by: 'me' } as const
  const opened = await client.openRamp(opening)
  const events: StreamEvent[] = []
  for await (const event of client.stream(opened)) events.push(event)
  const { state } = await client.ramp(opened)
  assert.equal(state.ended?.outcome, 'reached', state.ended?.cause?.sentence)
  return opened
}

/** The processes that are, or want to be, the daemon of a workspace. */
function daemonsOf(workspace: string): readonly string[] {
  const kernel = openKernel()
  const commands = kernel.processes().map(({ pid }) => kernel.command(pid))
  return commands.filter((text) => text.includes('daemon run') && text.includes(workspace))
}

test('two who start a daemon at once get the same one', async (t) => {
  const workspace = openWorkspace(t)
  const clients = await Promise.all([0, 1, 2].map(() => openDaemon(t, workspace)))
  const views = await Promise.all(clients.map((client) => client.daemon()))
  assert.equal(new Set(views.map(({ pid }) => pid)).size, 1)
  // Those that were not needed must not take over once the one that serves is gone.
  const named = (): readonly string[] => daemonsOf(workspace)
  await until('the others have left', () => named().length <= 1)
  await clients[0]?.stopDaemon()
  await until('none is left', () => named().length === 0)
})

test('keeps its folder, its socket and its files to their owner', async (t) => {
  const workspace = openWorkspace(t)
  await openDaemon(t, workspace)
  const { folder } = placeOf(workspace)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  for (const name of ['daemon.sock', 'daemon.json', 'daemon.log', 'daemon.lock', 'ledger.sqlite']) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
  }
})

test('says who it is, by pid, start and boot', async (t) => {
  const workspace = openWorkspace(t)
  const client = await openDaemon(t, workspace)
  const { pid } = await client.daemon()
  const file = readDaemonFile(placeOf(workspace))
  assert.equal(file?.pid, pid)
  assert.ok(file?.startTicks && file.bootId)
})

test('stops when asked, leaving what runs to the next daemon', async (t) => {
  const workspace = openWorkspace(t)
  const first = await openDaemon(t, workspace)
  await ramp(first, workspace, 'up')
  const [before] = await first.environments()
  const { pid } = await first.daemon()
  await first.stopDaemon()
  await until('the daemon ends', () => !isAlive(pid))
  assert.ok(!existsSync(placeOf(workspace).daemonFile))
  const second = await openDaemon(t, workspace)
  const [after] = await second.environments()
  assert.deepEqual(after?.components, before?.components)
  await ramp(second, workspace, 'down')
  assert.deepEqual(await second.leftovers(), { processes: [], ports: [] })
})

test('is replaced after it was killed, and what it ran is taken over', async (t) => {
  const workspace = openWorkspace(t)
  const first = await openDaemon(t, workspace)
  await ramp(first, workspace, 'up')
  const { pid } = await first.daemon()
  killDaemon(workspace)
  await until('the daemon ends', () => !isAlive(pid))
  assert.ok(existsSync(join(placeOf(workspace).folder, 'daemon.sock')), 'a stale socket is left')
  const second = await openDaemon(t, workspace)
  const [tiny] = await second.environments()
  assert.equal(tiny?.components[0]?.status, 'running')
  await ramp(second, workspace, 'down')
  assert.deepEqual(await second.leftovers(), { processes: [], ports: [] })
})

test('leaves once its folder is gone, and touches nothing of who serves there next', async (t) => {
  const workspace = openWorkspace(t)
  const place = placeOf(workspace)
  const client = await openDaemon(t, workspace)
  const { pid } = await client.daemon()
  await ramp(client, workspace, 'up')
  const [{ pid: running = 0 } = {}] = (await client.environments())[0]?.components ?? []
  renameSync(place.folder, `${place.folder}-elsewhere`)
  const next = await openDaemon(t, workspace)
  const { pid: nextPid } = await next.daemon()
  assert.notEqual(nextPid, pid)
  await until('the one before leaves', () => !isAlive(pid))
  assert.equal(readDaemonFile(place)?.pid, nextPid)
  const found = await connectDaemon({ workspace })
  assert.equal((await found.daemon()).pid, nextPid)
  await found.close()
  assert.ok(isAlive(running), 'what it ran keeps running')
  const log = readFileSync(join(`${place.folder}-elsewhere`, 'daemon.log'), 'utf8')
  assert.match(log, /was removed or moved away/)
})

test('a restart right after the stop is not refused by the one that is leaving', async (t) => {
  const workspace = openWorkspace(t)
  const pids = new Set<number>()
  for (let round = 0; round < 3; round++) {
    const client = await openDaemon(t, workspace)
    pids.add((await client.daemon()).pid)
    await client.stopDaemon()
  }
  assert.equal(pids.size, 3)
})

test('listens elsewhere when the path of the workspace is too long for a socket', async (t) => {
  const workspace = openWorkspace(t, 'long'.repeat(20), 'longer'.repeat(20))
  const client = await openDaemon(t, workspace)
  assert.equal((await client.daemon()).workspace, workspace)
  const { socket = '' } = readDaemonFile(placeOf(workspace)) ?? {}
  assert.ok(Buffer.byteLength(socket) <= 103)
  assert.equal(statSync(join(socket, '..')).mode & 0o777, 0o700)
  await client.stopDaemon()
  await until('the socket is removed', () => !existsSync(socket))
})

test('is refused by another version, which says what to do', async (t) => {
  const workspace = openWorkspace(t)
  await openDaemon(t, workspace)
  const fault = await connectDaemon({ workspace, version: '99.0.0' }).catch((error) => error)
  assert.ok(isFault(fault, 'daemon-version'))
  assert.match(fault.hint, /rampart daemon restart/)
})

test('says why it could not start, with the end of its log', async (t) => {
  const workspace = openWorkspace(t)
  const { folder } = placeOf(workspace)
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(
    join(folder, 'ledger.sqlite'),
    'not a ledger at all, but long enough to be looked at'.repeat(100),
  )
  const fault = await ensureDaemon({ workspace, program: PROGRAM }).catch((error) => error)
  assert.ok(isFault(fault, 'daemon-unready'))
  assert.match(fault.hint, /ledger/)
})

test('goes on when its log cannot be written', async (t) => {
  const workspace = openWorkspace(t)
  const { folder, logFile } = placeOf(workspace)
  mkdirSync(folder, { mode: 0o700 })
  // Whatever is written there fails as on a disk that is full.
  symlinkSync('/dev/full', logFile)
  const client = await openDaemon(t, workspace)
  await ramp(client, workspace, 'up')
  await ramp(client, workspace, 'down')
})

test('serves what can be read of a damaged ledger, and adds nothing to it', async (t) => {
  const workspace = openWorkspace(t)
  const first = await openDaemon(t, workspace)
  await ramp(first, workspace, 'up')
  await first.stopDaemon()
  const database = new DatabaseSync(placeOf(workspace).ledgerFile)
  database.exec('DELETE FROM entries WHERE position = (SELECT max(position) FROM entries)')
  database.close()
  const second = await openDaemon(t, workspace)
  assert.equal((await second.verifyLedger()).verdict, 'broken')
  assert.ok((await second.ledgerEntries()).entries.length > 0)
  const fault = await ramp(second, workspace, 'down').catch((error) => error)
  assert.ok(isFault(fault, 'ledger-corrupt'))
})

test('says that a program which cannot be started could not', async (t) => {
  const workspace = openWorkspace(t)
  const fault = await ensureDaemon({ workspace, program: ['/nowhere/node'] }).catch(
    (error) => error,
  )
  assert.ok(isFault(fault, 'daemon-unready'))
  assert.match(fault.hint, /ENOENT/)
})

test('leaves when nothing runs and nobody asks, and stays while something runs', async (t) => {
  const workspace = openWorkspace(t)
  const client = await openDaemon(t, workspace, { idleExitMs: 500 })
  const { pid } = await client.daemon()
  await ramp(client, workspace, 'up')
  await client.close()
  const again = await connectDaemon({ workspace })
  await ramp(again, workspace, 'down')
  await again.close()
  await until('the daemon leaves', () => !isAlive(pid))
})

test('forgets settings once nothing needs them any more', async (t) => {
  const workspace = openWorkspace(t)
  const client = await openDaemon(t, workspace)
  const up = await ramp(client, workspace, 'up')
  const { settingsFolder } = placeOf(workspace)
  await until('those of what is up are kept', () => {
    const kept = readdirSync(settingsFolder)
    return kept.includes(`${up}.json`) && kept.every((file) => /-(up|watch)-/.test(file))
  })
  await ramp(client, workspace, 'down')
  await until('none are kept', () => readdirSync(settingsFolder).length === 0)
})

test('shows what components wrote, earlier and as it comes', async (t) => {
  const workspace = openWorkspace(t)
  const client = await openDaemon(t, workspace)
  await ramp(client, workspace, 'up')
  const earlier: string[] = []
  for await (const { subject, text } of client.logs()) earlier.push(`${subject} ${text}`)
  assert.deepEqual(earlier, ['tiny/api up'])
  const leaving = new AbortController()
  for await (const line of client.logs({ follow: true, tail: 1, signal: leaving.signal })) {
    assert.equal(line.text, 'up')
    leaving.abort()
  }
})
