/** An amended Ports contract through a real daemon: old and new side by side, then retired, held or undone. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { TouchedLease } from '../../src/contracts/ports/touched-leases.ts'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import type { ListedRange } from '../../src/core/port/range-list.ts'
import { isPortFree } from '../../src/runtimes/placement/ports.ts'
import { runInProcess } from '../support/cli.ts'
import { freePort } from '../support/free-port.ts'
import { openFolder, startRampart, stopDaemon } from '../support/rampart.ts'
import { until } from '../support/until.ts'
import { Listener } from './workbench.ts'

const SERVE = "require('net').createServer().listen(process.env.PORT, '127.0.0.1')"

/** A contract that fixes one port; `deadline` is how long its owner may take to move. */
function contractOf(port: number, deadline: string): string {
  return `apiVersion: rampart/v1
kind: Ports
metadata: { name: own }
spec:
  cooling: 200ms
  ranges: { web: { ports: ${port}, for: { environment: shop }, fixed: { shop/api/http: ${port} } } }
  transitions: { roll: { drain: 0s, linger: 0s, deadline: ${deadline} } }
`
}

/** A workspace whose contract is in force, with a service that listens on its fixed port. */
async function openBench(context: TestContext) {
  const folder = openFolder(context)
  context.after(() => stopDaemon(folder))
  const cli = (...argv: readonly string[]) => runInProcess(argv, folder)
  const [old, young] = [await portBelow(), await portBelow()]
  const amend = (port: number, deadline = '30s'): void =>
    writeFileSync(join(folder, 'rampart.yaml'), contractOf(port, deadline))
  amend(old)
  const up = await cli('up')
  assert.equal(up.exitCode, 0, up.stderr)
  const service = startRampart(
    ['ports', 'run', '--service', 'shop/api', '--', process.execPath, '-e', SERVE],
    { cwd: folder },
  )
  const end = async (): Promise<void> => {
    service.child.kill('SIGTERM')
    await service.finished
  }
  context.after(end)
  const leases = async (): Promise<ReadonlyMap<number, PortLease>> => {
    const { stdout } = await cli('ports', 'list', '--json')
    const all = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    return new Map((all as PortLease[]).map((lease) => [lease.claim.port, lease]))
  }
  await until('it listens', async () => (await leases()).get(old)?.state === 'ready')
  return { folder, cli, amend, old, young, leases, end }
}

/** A free port that no outgoing connection is given. */
async function portBelow(): Promise<number> {
  for (;;) {
    const port = 20_000 + ((await freePort()) % 10_000)
    if (await isPortFree(port)) return port
  }
}

test('an amendment keeps the old port for its owner until that is gone, and says so before', async (context) => {
  const { folder, cli, amend, old, young, leases, end } = await openBench(context)
  amend(young)
  const planned = await cli('plan')
  assert.match(planned.stdout, /1 lease live now, waited for until it is gone:/)
  assert.match(
    planned.stdout,
    new RegExp(
      `shop/api http has ${old} \\(ready, process \\d+, since .*\\): shop/api/http has ${young} now`,
    ),
  )
  const json = JSON.parse((await cli('plan', '--json')).stdout) as { touches: TouchedLease[] }
  assert.deepEqual(
    json.touches.map(({ port, verdict }) => [port, verdict]),
    [[old, 'ramp']],
  )
  const up = startRampart(['up'], { cwd: folder })
  context.after(() => up.child.kill('SIGKILL'))
  await until('both stand side by side', async () => (await leases()).get(young)?.state === 'held')
  assert.equal((await leases()).get(old)?.state, 'ready')
  const told = await cli('ports', 'explain', String(old))
  assert.match(told.stdout, /own was amended: .* Until its owner is gone, it stays\./)
  const status = await cli('status')
  assert.match(status.stdout, new RegExp(`still has ${old} `))
  await end()
  const { exitCode, stderr } = await up.finished
  assert.equal(exitCode, 0, stderr)
  const again = await cli('up')
  assert.equal(again.exitCode, 0, again.stderr)
  assert.match((await cli('plan')).stdout, /No lease that is live now would be touched\./)
})

test('when the time is over the ramp holds and names who is left; undone, all is as before', async (context) => {
  const { cli, amend, old, young, leases, end } = await openBench(context)
  amend(young, '1ms')
  const up = await cli('up')
  assert.equal(up.exitCode, 3, up.stderr)
  assert.match(
    up.stderr + up.stdout,
    new RegExp(`shop/api http still has ${old} \\(.*process \\d+`),
  )
  const both = await leases()
  assert.deepEqual([both.get(old)?.state, both.get(young)?.state], ['ready', 'held'])
  const aborted = await cli('abort')
  assert.equal(aborted.exitCode, 0, aborted.stderr)
  const before = await leases()
  assert.deepEqual([before.get(old)?.state, before.get(young)], ['ready', undefined])
  assert.equal((await cli('up')).exitCode, 3, 'it is held again')
  await end()
  const resumed = await cli('resume')
  assert.equal(resumed.exitCode, 0, resumed.stderr)
  const standings = async (): Promise<readonly string[]> => {
    const { stdout } = await cli('ports', 'list', '--ranges', '--json')
    const ranges = stdout.trim().split('\n')
    return ranges.map((line) => {
      const { range, first, standing } = JSON.parse(line) as ListedRange
      return `${range} ${first} ${standing}`
    })
  }
  await until('the earlier one is retired', async () => (await standings()).length === 2)
  assert.deepEqual(await standings(), [`web ${young} in-force`, 'built-in 15000 in-force'])
})

test('a new place that a stranger has is refused, and nothing is different', async (context) => {
  const { cli, amend, old, young, leases } = await openBench(context)
  const stranger = new Listener(context)
  assert.equal(await stranger.listen(young), 'listening')
  amend(young)
  const up = await cli('up')
  assert.notEqual(up.exitCode, 0)
  assert.match(up.stderr + up.stdout, new RegExp(`process ${stranger.pid} `))
  const now = await leases()
  assert.deepEqual([now.get(old)?.state, now.get(young)], ['ready', undefined])
  const next = await cli('ports', 'claim', 'shop/web')
  assert.notEqual(next.exitCode, 0, 'what is in force is what was before')
  assert.match(next.stderr, new RegExp(`${old}`))
})
