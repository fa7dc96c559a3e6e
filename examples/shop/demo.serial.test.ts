/**
 * The demo as anybody runs it, whole and with each of its parts broken. Every run has a copy of the
 * shop of its own, with its own daemon, so that two can run side by side.
 */
import assert from 'node:assert/strict'
import { cpSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import type { Recorded } from '../../src/seams/ledger.ts'
import { openFolder, startNode } from '../../test/support/rampart.ts'

const repository = join(import.meta.dirname, '../..')

/** How late after the end of its process a crash may be recorded as the stage's failure. */
const CRASH_WITHIN_MS = 2_000

/** How late after its deadline a stage may be recorded as failed. */
const DEADLINE_SLACK_MS = 500

interface Shop {
  readonly verdict: string
  readonly totalMs: number
  readonly criticalPathMs: number
  readonly ratio: number
  /** Null when nothing broke. */
  readonly cause: {
    readonly stage: string
    readonly reason: string
    readonly sentence: string
  } | null
  readonly stages: readonly {
    readonly name: string
    readonly verdict: string
    readonly startedAtMs: number
    readonly readyAtMs: number
  }[]
  readonly roll?: { readonly requests: number; readonly failed: number }
  readonly left: unknown
}

/** A copy of the shop that finds what it needs where the original does. */
function copyShop(t: TestContext): string {
  const shop = openFolder(t, 'examples', 'shop')
  cpSync(import.meta.dirname, shop, {
    recursive: true,
    filter: (path) => !/\.(rampart|shop-data)$|\.test\.ts$/.test(path),
  })
  for (const name of ['bin', 'node_modules']) {
    symlinkSync(join(repository, name), join(shop, '../..', name))
  }
  return shop
}

async function demo(shop: string, ...options: readonly string[]) {
  const args = [join(shop, 'demo.ts'), '--exit', '--json', ...options]
  const { exitCode, stdout, stderr } = await startNode(args, { cwd: shop }).finished
  assert.notEqual(stdout, '', stderr)
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Shop
  return { exitCode, result, stderr }
}

function assertNothingLeft(shop: string, result: Shop): void {
  assert.deepEqual(result.left, { processes: 0, ports: 0 })
  assert.deepEqual(leftovers(shop), { processes: [], ports: [] })
}

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

async function assertBroken(
  t: TestContext,
  part: string,
  stage = `eu/${part}`,
): Promise<{ readonly shop: string; readonly sentence: string }> {
  const shop = copyShop(t)
  const { exitCode, result, stderr } = await demo(shop, '--break', part)
  assert.equal(exitCode, 3, stderr)
  assert.equal(result.verdict, 'undone')
  const { cause } = result
  assert.ok(cause, 'it says why')
  assert.equal(cause.stage, stage, cause.sentence)
  assert.notEqual(cause.reason, '')
  assertNothingLeft(shop, result)
  t.diagnostic(`${part}: ${cause.sentence}`)
  return { shop, sentence: cause.sentence }
}

/** What must stand in the sentence, so that it is the reason and not merely a symptom. */
const CRASHES = {
  db: /exited with 1.*PostgreSQL ended by itself/,
  schema: /exited with 1.*discount_cents/,
  api: /exited with 1.*price list could not be read/,
  smoke: /exited with 1.*cent/,
}

/** What only two regions together can get wrong: where it is found, and what is said of it. */
const BETWEEN_REGIONS = {
  replication: ['agree', /replication was not met.*its subscription shop is disabled/],
  'region-us': ['us/db', /exited with 1.*PostgreSQL ended by itself/],
  'version-skew': ['agree', /Regions differ in.*release.*eu says "2\.1\.0", us says "2\.0\.9"/],
} as const

const DEADLINES = {
  worker: /canary was not met.*sessions of workers that take nothing/,
  cache: /warm was not met within/,
}

describe('the demo', { concurrency: 2 }, () => {
  test('goes up and down and leaves nothing, twice in a row', async (t) => {
    const shop = copyShop(t)
    for (const round of [1, 2]) {
      // The new release is tried once; coming up again where something has been is what is twice.
      const { exitCode, result, stderr } = await demo(shop, round === 1 ? '--roll' : '--no-roll')
      assert.equal(exitCode, 0, `${result.cause?.sentence ?? ''}${stderr}`)
      assert.equal(result.verdict, 'ready')
      assert.ok(result.criticalPathMs > 0 && result.totalMs >= result.criticalPathMs)
      assert.equal(result.stages.length, 22)
      assert.equal(result.roll?.failed, round === 1 ? 0 : undefined)
      assert.equal((result.roll?.requests ?? 0) > 0, round === 1)
      for (const { name, verdict, startedAtMs, readyAtMs } of result.stages) {
        assert.match(verdict, /^(ready|completed)$/, name)
        assert.ok(startedAtMs <= readyAtMs, name)
      }
      assertNothingLeft(shop, result)
      t.diagnostic(`round ${round}: ${result.totalMs} ms, ratio ${result.ratio}`)
    }
  })

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

  for (const [name, [stage, why]] of Object.entries(BETWEEN_REGIONS)) {
    test(`${name} is named, and both regions are undone`, async (t) => {
      const { sentence } = await assertBroken(t, name, stage)
      assert.match(sentence, why)
    })
  }
})
