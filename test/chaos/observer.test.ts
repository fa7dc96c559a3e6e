/** What judges the storm is judged itself: it must notice what must not happen. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import { scratchDatabases } from '../support/databases.ts'
import { judgeEffects, judgeRamps, streamsOf } from './check-storm.ts'
import { Observer } from './observer.ts'

const databases = scratchDatabases()

const OPENED = JSON.stringify({
  type: 'ramp.opened',
  plan: { contract: { kind: 'Environment', name: 'shop' } },
})

test('an entry by somebody who does not own its subject is noticed', async () => {
  const { url } = await databases.make()
  const clock = new SystemClock()
  const opened = await openDatabase({ url, replica: 'x', clock, onTrouble: () => undefined })
  await opened.close()
  const observer = new Observer(url)
  await observer.install()
  await observer.sql(`INSERT INTO rampart.lives (owner, expires_at) VALUES ('one', now() + '1s')`)
  await observer.sql(
    `INSERT INTO rampart.leases (subject, owner, token, life)
      VALUES ('environment/shop', 'one', 1, 1)`,
  )
  const write = async (writer: string, position: number, text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url, application_name: `rampart ${writer}` })
    await client.connect()
    const values = [position, 'shop-up-aaaaaa', position, text, String(position)]
    await client.query('INSERT INTO rampart.entries VALUES ($1, $2, $3, $4, $5)', values)
    await client.end()
  }
  await write('one', 1, OPENED)
  assert.deepEqual((await observer.ownership(1_000)).fencedWrites, [])
  assert.equal(await observer.unended(), 1)
  await observer.sql(`UPDATE rampart.leases SET owner = 'two', token = 2`)
  await write('two', 2, '{}')
  assert.deepEqual((await observer.ownership(1_000)).fencedWrites, [])
  await write('one', 3, '{}')
  const { fencedWrites, takeOvers, writes } = await observer.ownership(1_000)
  assert.deepEqual(fencedWrites, ['3 shop-up-aaaaaa one two', '3 shop-up-aaaaaa one two'])
  assert.deepEqual([takeOvers, writes], [1, 3])
})

test('a component that was there twice, and a ramp that is lost, are noticed', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-judged-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const began = 'began shop.web shop/web#1'
  writeFileSync(join(folder, 'effects'), `${began}\n${began}\ndoubled shop.web shop/web#2\n`)
  const streams = streamsOf([])
  assert.equal(judgeEffects(folder, streams).doubled.length, 3)
  assert.deepEqual(judgeRamps(streams, new Set(['shop-up-aaaaaa'])).lost, ['shop-up-aaaaaa'])
})
