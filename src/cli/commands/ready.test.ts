/** `rampart ready`, against a real server: through its socket, over the network, and with nobody there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openFolder, rampart, startRampart } from '../../../test/support/rampart.ts'
import { until } from '../../../test/support/until.ts'

test('a server says what it tells load balancers, and nobody there is a fault', async (t) => {
  const cwd = openFolder(t)
  const absent = await rampart(['ready'], { cwd })
  assert.equal(absent.exitCode, 1)
  assert.match(absent.stderr, /No daemon is running/)

  const env = { RAMPART_LOG: 'text' }
  const server = startRampart(['serve', '--listen', '127.0.0.1:0'], { cwd, env })
  t.after(() => server.child.kill('SIGKILL'))
  const url = (): string => /Listening at (\S+?)\.\n/.exec(server.stderr())?.[1] ?? ''
  await until('it listens', () => url() !== '', 30_000)

  const ready = await rampart(['ready'], { cwd })
  assert.deepEqual([ready.exitCode, ready.stderr], [0, ''])
  assert.match(ready.stdout, /^✔ ledger: .+\n✔ clock: .+\n✔ store: .+\n$/)
  const remote = await rampart(['--server', url(), 'ready', '--json'], { cwd })
  assert.equal(JSON.parse(remote.stdout).ready, true)
})
