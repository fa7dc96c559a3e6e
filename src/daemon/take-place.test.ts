import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAlive, openDaemon, openWorkspace } from '../../test/support/daemon.ts'
import { type Started, startRampart } from '../../test/support/rampart.ts'
import { until } from '../../test/support/until.ts'
import type { Json } from '../core/units/json.ts'
import { connectDaemon } from '../server/client/connect-daemon.ts'

/** Comes up once it has printed what it is asked to, and never when that is something else. */
function contract(pattern: string): Json {
  const api = {
    run: { command: ['sh', '-c', 'echo ready; exec sleep 600'] },
    ready: [{ log: { pattern } }],
  }
  const metadata = { name: 'tiny' }
  return { apiVersion: 'rampart/v1', kind: 'Environment', metadata, spec: { components: { api } } }
}

function opening(directory: string, pattern: string) {
  return { contract: contract(pattern), directory, goal: 'up', settings: {}, by: 'me' } as const
}

const SERVE = ['serve', '--listen', '127.0.0.1:0']

test('one server takes over from a daemon without doors, unless it would lose ramps, and none from it', async (t) => {
  const cwd = openWorkspace(t)
  const plain = await openDaemon(t, cwd)
  const { pid, hasDoors } = await plain.daemon()
  assert.equal(hasDoors, false)
  const ramp = await plain.openRamp(opening(cwd, 'never'))
  await until('it runs', async () => (await plain.daemon()).components === 1)
  const database = ['--database', 'postgres://nobody@127.0.0.1:1/none']
  const elsewhere = await startRampart([...SERVE, ...database], { cwd }).finished
  assert.equal(elsewhere.exitCode, 1)
  assert.ok(elsewhere.stderr.includes(`under way (${ramp}) that the database knows nothing of`))
  const servers = [0, 1].map(() => startRampart(SERVE, { cwd }))
  t.after(() => {
    for (const { child } of servers) child.kill('SIGKILL')
  })
  const refused = await Promise.race(servers.map(({ finished }) => finished))
  assert.equal(refused.exitCode, 1)
  assert.match(refused.stderr, /Another daemon serves it for others already; end it/)
  const [served] = servers.filter(({ child }) => child.exitCode === null) as [Started]
  await until('it listens', () => served.stderr().includes('Listening at'), 30_000)
  // The one that has asked it to stop need not be the one that is quicker afterwards.
  const said = servers.map(({ stderr }) => stderr()).join('')
  assert.match(said, new RegExp(`without doors \\(process ${pid}\\) served .* and has\\.`))
  assert.ok(!isAlive(pid))
  const client = await connectDaemon({ workspace: cwd })
  t.after(() => client.close())
  const view = await client.daemon()
  assert.equal(view.pid, served.child.pid)
  assert.equal(view.hasDoors, true)
  assert.deepEqual([view.ramps, view.components], [[ramp], 1])
  // As whoever has seen the one without doors a moment ago would ask.
  const asked = client.stopDaemon({ onlyWithoutDoors: 'true' })
  await assert.rejects(asked, { code: 'precondition-failed' })
  assert.equal((await client.daemon()).pid, served.child.pid)
})
