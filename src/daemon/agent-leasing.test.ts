/** What an agent leases ports by, in a folder whose ledger is new, kept, and damaged. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SystemClock } from '../clock/system-clock.ts'
import { openKernel } from '../runtimes/process/kernel/open-kernel.ts'
import { placeOf } from '../server/client/daemon-place.ts'
import { type AgentLeasing, openAgentLeasing } from './agent-leasing.ts'

interface Opened extends AgentLeasing {
  readonly log: readonly string[]
}

function openFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-agent-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function open(folder: string, settings: Record<string, string> = {}): Promise<Opened> {
  const log: string[] = []
  const opened = await openAgentLeasing({
    place: placeOf(folder),
    settings,
    clock: new SystemClock(),
    kernel: openKernel(),
    log: (line) => log.push(line),
    onTrouble: (error) => assert.ifError(error),
  })
  return { ...opened, log }
}

test('the next agent of a folder knows whose ports were whose', async (t) => {
  const folder = openFolder(t)
  const first = await open(folder)
  const owner = { service: 'shop/eu/api', port: 'http' }
  const grant = await first.leasing?.broker.claim([{ owner, isHeld: false }])
  await first.close()
  const second = await open(folder)
  assert.equal(grant?.verdict, 'granted')
  assert.deepEqual(
    second.leasing?.broker.leases().map(({ id }) => id),
    grant?.verdict === 'granted' ? grant.leases.map(({ id }) => id) : [],
  )
  await second.close()
})

test('doors of discovery are opened where its variable names them, as by a daemon', async (t) => {
  const folder = openFolder(t)
  const { log, close } = await open(folder, { RAMPART_DISCOVERY: 'nginx=up.conf' })
  await close()
  assert.match(log.join('\n'), /Discovery is open: nginx=up\.conf/)
  assert.match(readFileSync(join(folder, 'up.conf'), 'utf8'), /^# Written by Rampart/)
})

test('with a damaged ledger nothing is leased, the log says so, and nothing else is refused', async (t) => {
  const folder = openFolder(t)
  await (await open(folder)).close()
  const damage = 'not a ledger at all, but long enough to be looked at'.repeat(100)
  writeFileSync(join(folder, '.rampart', 'agent', 'ledger.sqlite'), damage)
  const { leasing, log, close } = await open(folder)
  assert.equal(leasing, undefined)
  assert.match(log.join('\n'), /^Ports are not leased.*ledger-corrupt/)
  await close()
})
