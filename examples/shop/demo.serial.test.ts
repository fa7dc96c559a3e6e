/**
 * The demo with each of its parts broken, and how soon that is noticed. Every run has a copy of the shop of
 * its own, with its own daemon, so that two can run side by side.
 */
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.ts'
import type { Recorded } from '../../src/seams/ledger.ts'
import { assertBroken } from '../../test/support/shop-demo.ts'

/** How late after the end of its process a crash may be recorded as the stage's failure. */
const CRASH_WITHIN_MS = 2_000

/** How late after its deadline a stage may be recorded as failed. */
const DEADLINE_SLACK_MS = 500

/** The entries of the ramp up, from the ledger that the demo has left behind. */
async function entriesUp(shop: string): Promise<readonly Recorded[]> {
  const ledger = openSqliteLedger({ folder: join(shop, '.rampart'), clock: new SystemClock() })
  const entries: Recorded[] = []
  for await (const recorded of ledger.readAll()) {
    if (recorded.stream.includes('-up-')) entries.push(recorded)
  }
  await ledger.close()
  return entries
}

/** When something was recorded of a stage for the first time. */
function atMs(entries: readonly Recorded[], types: readonly string[], stage: string): number {
  const found = entries.find(
    ({ entry }) => types.includes(entry.type) && 'stage' in entry && entry.stage === stage,
  )
  assert.ok(found, `no ${types.join(' or ')} of ${stage} is recorded`)
  return found.entry.atMs
}

function failedAtMs(entries: readonly Recorded[], stage: string): number {
  return atMs(entries, ['stage.failed', 'stage.breached'], stage)
}

/** When the wrapper of a component's first start wrote down its exit, by the file system's clock. */
function processEndedAtMs(shop: string, component: string): number {
  return statSync(join(shop, '.rampart/processes', `shop~${component.replace('/', '~')}`, '1/exit'))
    .mtimeMs
}

function deadlineMs(entries: readonly Recorded[], stage: string): number {
  const opened = entries[0]?.entry
  assert.ok(opened?.type === 'ramp.opened')
  return opened.plan.stages.find(({ name }) => name === stage)?.deadlineMs ?? 0
}

/** What must stand in the sentence, so that it is the reason and not merely a symptom. */
const CRASHES = {
  db: /exited with 1.*PostgreSQL ended by itself/,
  schema: /exited with 1.*discount_cents/,
  api: /exited with 1.*price list could not be read/,
  smoke: /exited with 1.*cent/,
}

const DEADLINES = {
  worker: /canary was not met.*sessions of workers that take nothing/,
  cache: /warm was not met within/,
}

describe('the demo, broken', { concurrency: 2 }, () => {
  for (const [part, why] of Object.entries(CRASHES)) {
    test(`a crash of ${part} is named, and undone`, async (t) => {
      const { shop, sentence } = await assertBroken(t, part)
      assert.match(sentence, why)
      const lateMs =
        failedAtMs(await entriesUp(shop), `eu/${part}`) - processEndedAtMs(shop, `eu/${part}`)
      t.diagnostic(`recorded ${Math.round(lateMs)} ms after the process ended`)
      assert.ok(lateMs <= CRASH_WITHIN_MS, `${lateMs} ms`)
    })
  }

  for (const [part, why] of Object.entries(DEADLINES)) {
    test(`a ${part} that never gets there is named within its deadline, and undone`, async (t) => {
      const { shop, sentence } = await assertBroken(t, part)
      assert.match(sentence, why)
      const entries = await entriesUp(shop)
      const stage = `eu/${part}`
      const tookMs = failedAtMs(entries, stage) - atMs(entries, ['stage.entered'], stage)
      t.diagnostic(`recorded after ${tookMs} ms`)
      assert.ok(tookMs <= deadlineMs(entries, stage) + DEADLINE_SLACK_MS, `${tookMs} ms`)
    })
  }
})
