/** Backup, restore and migrate by the real command line, in real folders and a real database. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { scratchDatabases } from '../../../test/support/databases.ts'
import { openFolder } from '../../../test/support/rampart.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import { openSqliteLedger } from '../../ledger/sqlite/sqlite-ledger.ts'

const databases = scratchDatabases()
const KEY = '07'.repeat(32)

async function fill(folder: string): Promise<void> {
  const ledger = openSqliteLedger({ folder: join(folder, '.rampart'), clock: new SystemClock() })
  const entries = [1, 2, 3].map((atMs) => ({ type: 'stage.ready' as const, stage: 'api', atMs }))
  await ledger.append({ stream: 'shop-up', after: 0, entries })
  await ledger.close()
}

test('a backup is written, restored elsewhere, and never over something', async (t) => {
  const folder = openFolder(t, 'shop')
  await fill(folder)
  const backup = await runInProcess(['backup', 'shop.gz'], folder)
  assert.equal(backup.exitCode, 0, backup.stderr)
  assert.match(backup.stdout, /^backed up: 3 entries of the ledger, proved, and 0 records$/m)
  assert.match(backup.stderr, /rampart restore shop\.gz/)
  const again = await runInProcess(['backup', 'shop.gz'], folder)
  assert.equal(again.exitCode, 2)
  assert.match(again.stderr, /there already.*nothing is ever overwritten/s)
  const other = openFolder(t, 'other')
  const restore = ['restore', join(folder, 'shop.gz'), '--workspace', other, '--json']
  const restored = await runInProcess(restore, folder)
  assert.equal(restored.exitCode, 0, restored.stderr)
  const { head, ...counts } = JSON.parse(restored.stdout)
  assert.match(head, /^[0-9a-f]{64}$/)
  assert.deepEqual(counts, { entries: 3, checkpoints: 1, records: 0, settings: 0 })
  const twice = await runInProcess(restore, folder)
  assert.equal(twice.exitCode, 2)
  assert.equal(JSON.parse(twice.stdout).error.code, 'store-occupied')
})

test('a ledger goes to PostgreSQL and back by one command each', async (t) => {
  const folder = openFolder(t, 'shop')
  await fill(folder)
  const { url, drop } = await databases.make()
  const settings = { RAMPART_KEY: KEY }
  const there = ['migrate', '--from', '.', '--to', url]
  const moved = await runInProcess(there, folder, settings)
  assert.equal(moved.exitCode, 0, moved.stderr)
  assert.match(moved.stdout, /^moved: 3 entries and 1 signed checkpoints/)
  const back = await runInProcess(['migrate', '--from', url, '--to', 'back'], folder, settings)
  assert.equal(back.exitCode, 0, back.stderr)
  assert(existsSync(join(folder, 'back', '.rampart', 'ledger.sqlite')))
  const other = { RAMPART_KEY: '08'.repeat(32) }
  const refused = await runInProcess(['backup', 'x.gz', '--database', url], folder, other)
  assert.equal(refused.exitCode, 1)
  assert.match(refused.stderr, /another master key.*--key-file/s)
  assert.doesNotMatch(refused.stderr, /swordfish/)
  await drop()
})

test('what cannot be meant is said, with what to type', async (t) => {
  const folder = openFolder(t, 'shop')
  mkdirSync(join(folder, 'empty'))
  const half = await runInProcess(['migrate', '--from', '.'], folder)
  assert.equal(half.exitCode, 2)
  assert.match(half.stderr, /Both places are needed.*rampart migrate --from/s)
  const nothing = await runInProcess(['backup', 'x.gz', '--workspace', 'empty'], folder)
  assert.equal(nothing.exitCode, 2)
  assert.match(nothing.stderr, /There is no ledger in .*empty\/\.rampart.*postgres:/s)
  const misspelt = await runInProcess(['migrate', '--from', 'nope', '--to', 'new'], folder)
  assert.equal(misspelt.exitCode, 2)
  assert.match(misspelt.stderr, /There is no ledger in .*nope\/\.rampart/)
  for (const words of [
    ['backup', 'x.gz', '--database', 'mysql://me:swordfish@host/shop'],
    ['restore', 'x.gz', '--database', 'mysql://me:swordfish@host/shop'],
    ['migrate', '--from', '.', '--to', 'mysql://me:swordfish@host/shop'],
    ['serve', '--database', 'mysql://me:swordfish@host/shop'],
  ]) {
    const foreign = await runInProcess(words, folder)
    assert.equal(foreign.exitCode, 2, words.join(' '))
    assert.match(foreign.stderr, /mysql:\/\/… is no URL of a PostgreSQL.*postgres:\/\/user@host/s)
    assert.doesNotMatch(foreign.stderr, /swordfish/)
  }
  assert.deepEqual(readdirSync(folder), ['empty'])
})
