/** What a newcomer does, from an empty folder on, with the real command and nothing else. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { leftovers } from '../src/runtimes/process/leftovers.ts'
import type { ComponentView, EnvironmentView, RampSummary } from '../src/server/wire.ts'
import { isAlive } from './support/daemon.ts'
import {
  type Finished,
  openFolder,
  rampart,
  type Started,
  startRampart,
  stopDaemon,
} from './support/rampart.ts'
import { until } from './support/until.ts'

interface Status {
  readonly ramps: readonly RampSummary[]
  readonly environments: readonly EnvironmentView[]
}

/** Runs a command that must end so. */
async function expectExit(
  exitCode: number,
  folder: string,
  ...argv: readonly string[]
): Promise<Finished> {
  const finished = await rampart(argv, { cwd: folder })
  assert.equal(finished.exitCode, exitCode, `rampart ${argv.join(' ')}: ${finished.stderr}`)
  return finished
}

async function statusOf(folder: string): Promise<Status> {
  return JSON.parse((await expectExit(0, folder, 'status', '--json')).stdout)
}

async function webOf(folder: string): Promise<ComponentView> {
  const { environments } = await statusOf(folder)
  const web = environments[0]?.components.find(({ subject }) => subject.endsWith('/web'))
  assert.ok(web, 'there is a component web')
  return web
}

/** Waits for the end of the latest ramp. */
async function untilEnded(folder: string, outcome: string): Promise<RampSummary> {
  let latest: RampSummary | undefined
  await until(`the latest ramp is ${outcome}`, async () => {
    latest = (await statusOf(folder)).ramps.find(({ goal }) => goal !== 'watch')
    return latest?.phase === 'ended'
  })
  assert.equal(latest?.outcome, outcome, latest?.cause)
  assert.ok(latest)
  return latest
}

async function assertNothingLeft(folder: string): Promise<void> {
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
}

test('from an empty folder to an environment that is repaired and taken down', async (t) => {
  const folder = openFolder(t, 'my-first')
  const file = join(folder, 'rampart.yaml')

  const lost = await expectExit(2, folder, 'up')
  assert.match(lost.stderr, /rampart init/, 'an empty folder is told how to begin')
  await expectExit(0, folder, 'init')
  const written = readFileSync(file, 'utf8')
  const checked = await expectExit(0, folder, 'check')
  assert.match(checked.stdout, /my-first is an environment of 1 component/)

  writeFileSync(file, written.replace('deadline:', 'dedline:'))
  const mistaken = await expectExit(2, folder, 'check')
  const line = written.split('\n').findIndex((text) => text.includes('deadline:')) + 1
  assert.match(mistaken.stderr, new RegExp(`^rampart\\.yaml:${line}:7: .*did you mean deadline`))
  writeFileSync(file, written)

  const up = await expectExit(0, folder, 'up', '--detach')
  assert.match(up.stderr, /my-first-up-\w+ is under way\.\n {2}Next: rampart status --watch/)
  await untilEnded(folder, 'reached')
  const { stdout: status } = await expectExit(0, folder, 'status')
  assert.match(
    status,
    /my-first is ready, and watched\n {2}✔ web {2}running for .* pid \d+, http \d+/,
  )
  const { stdout: logs } = await expectExit(0, folder, 'logs', 'web')
  assert.match(logs, /my-first\/web {3}listening on port \d+/)

  const { pid } = await webOf(folder)
  process.kill(pid, 'SIGKILL')
  await until('the daemon has noticed', async () => (await webOf(folder)).status !== 'running')
  const { stdout: broken } = await expectExit(0, folder, 'status')
  assert.match(
    broken,
    /my-first was ready, but web ended since\n {2}✖ web {2}ended by SIGKILL.*\n {2}✖ web: running/,
  )
  assert.match(broken, /Next: rampart logs web, rampart up/)

  await expectExit(0, folder, 'up')
  const again = await webOf(folder)
  assert.equal(again.status, 'running')
  assert.notEqual(again.pid, pid)
  assert.ok(isAlive(again.pid))

  const down = await expectExit(0, folder, 'down')
  assert.match(down.stderr, /web +stopped[\s\S]*Nothing is left: no process, no port\.\n$/)
  assert.ok(!isAlive(again.pid))
  const { stdout: gone } = await expectExit(0, folder, 'status')
  assert.match(gone, /^my-first is down\n\nLast ramps\n/)
  const { stdout: verified } = await expectExit(0, folder, 'ledger', 'verify')
  assert.match(verified, /^intact: /)
  await assertNothingLeft(folder)
})

/** An environment that is never ready. */
const SLOW = `apiVersion: rampart/v1
kind: Environment
metadata: { name: slow }
spec:
  components:
    web:
      run: { command: [node, -e, "setInterval(() => {}, 1000); console.log('begun')"] }
      ready: [{ log: { pattern: never } }]
      deadline: 60s
`

/** An `up` that has started its component and waits. */
async function openSlow(t: TestContext): Promise<{ folder: string; up: Started }> {
  const folder = openFolder(t, 'slow')
  writeFileSync(join(folder, 'rampart.yaml'), SLOW)
  const up = startRampart(['up'], { cwd: folder })
  await until('the component is started', () => /web +starting/.test(up.stderr()))
  await until('the component runs', () => leftovers(folder).processes.length > 0)
  return { folder, up }
}

test('Ctrl-C aborts, undoes, and says so', async (t) => {
  const { folder, up } = await openSlow(t)
  up.child.kill('SIGINT')
  const { exitCode, stderr } = await up.finished
  assert.equal(exitCode, 3, stderr)
  assert.match(stderr, /Aborting, and undoing what was done\. Ctrl-C again leaves/)
  assert.match(stderr, /Everything that this ramp started has been taken back/)
  const { outcome, cause = '' } = await untilEnded(folder, 'undone')
  assert.match(`${outcome}: ${cause}`, /Ctrl-C/)
  await assertNothingLeft(folder)
})

test('Ctrl-C twice leaves the ramp to the daemon, which undoes it', async (t) => {
  const folder = openFolder(t, 'stubborn')
  // It takes its time to stop, so that there is something left to leave to the daemon.
  const program =
    "process.on('SIGTERM', () => setTimeout(process.exit, 1500)); console.log('begun')"
  const stubborn = SLOW.replace("console.log('begun')", program).replace('never }', 'begun }')
  const endless = stubborn.replace('deadline: 60s', 'deadline: 60s\n      stop: { grace: 10s }')
  const next = `    later:\n      needs: [web]\n      run: { command: [node, -e, "setInterval(() => {}, 1000)"] }
      ready: [{ log: { pattern: never } }]\n`
  writeFileSync(join(folder, 'rampart.yaml'), `${endless}${next}`)
  const up = startRampart(['up'], { cwd: folder })
  await until('the second component is started', () => /later +starting/.test(up.stderr()))
  up.child.kill('SIGINT')
  await until('the abort is under way', () => /undoing/.test(up.stderr()))
  up.child.kill('SIGINT')
  const { exitCode, stderr } = await up.finished
  assert.equal(exitCode, 130, stderr)
  assert.match(stderr, /The daemon goes on with slow-up-\w+\.\n {2}Next: rampart status --watch/)
  assert.notEqual(leftovers(folder).processes.length, 0, 'it was still being undone')
  await untilEnded(folder, 'undone')
  await assertNothingLeft(folder)
})
