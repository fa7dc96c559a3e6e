/** The demo as anybody runs it: whole, and with what only two regions together can get wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertBroken, assertNothingLeft, copyShop, demo } from '../../test/support/shop-demo.ts'

/** What only two regions together can get wrong: where it is found, and what is said of it. */
const BETWEEN_REGIONS = {
  replication: ['agree', /replication was not met.*its subscription shop is disabled/],
  'region-us': ['us/db', /exited with 1.*PostgreSQL ended by itself/],
  'version-skew': ['agree', /Regions differ in.*release.*eu says "2\.1\.0", us says "2\.0\.9"/],
} as const

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

for (const [name, [stage, why]] of Object.entries(BETWEEN_REGIONS)) {
  test(`${name} is named, and both regions are undone`, async (t) => {
    const { sentence } = await assertBroken(t, name, stage)
    assert.match(sentence, why)
  })
}
