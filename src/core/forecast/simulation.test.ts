import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import { isFault } from '../fault/fault.ts'
import { digestOf } from '../units/digest.ts'
import { parseChange, printChange } from './change.ts'
import { type PastRamp, stageDigests } from './past-ramp.ts'
import { simulateRamp } from './simulation.ts'
import { slopeOf, trendOf } from './trend.ts'

const held = [probed('answers', {}, { holdMs: 300 })]

/** Two ways to the end: db and worker, or cache; the worker holds. */
const SHOP = planOf([
  stageOf('db'),
  stageOf('cache'),
  stageOf('worker', { needs: ['db'], conditions: held }),
  stageOf('api', { needs: ['worker', 'cache'] }),
])

const ESTIMATES = [
  { stage: 'db', leastMs: 1_000, mostMs: 1_000 },
  { stage: 'cache', leastMs: 100, mostMs: 400 },
  { stage: 'worker', leastMs: 500, mostMs: 500 },
  { stage: 'api', leastMs: 200, mostMs: 200 },
]

const QUESTION = { plan: SHOP, history: [], estimates: ESTIMATES, changes: [], runs: 200 }

describe('a simulation', () => {
  test('names the changes that gain most, with exactly what each gains', () => {
    const { before, improvements, improved } = simulateRamp(QUESTION)
    assert.equal(before.total.p50Ms, 1_700)
    assert.deepEqual(
      improvements.map(({ change, gainMs }) => [printChange(change), gainMs]),
      [
        ['db 0.5x', 500],
        ['worker holdFor 0ms', 300],
        // The ramp itself goes on waiting for the worker.
        ['worker->api provisional', 200],
      ],
    )
    // A hold that is not waited out gains nothing a second time.
    assert.equal(improved?.total.p50Ms, 900)
  })

  test('gives for a change asked for what it promised as an improvement', () => {
    const { improvements, before } = simulateRamp(QUESTION)
    for (const { change, p50Ms } of improvements) {
      const asked = simulateRamp({ ...QUESTION, changes: [parseChange(printChange(change))] })
      assert.equal(asked.after?.total.p50Ms, p50Ms)
      assert.deepEqual(asked.before, before)
    }
  })

  test('tells what several changes do each by itself and together', () => {
    const changes = ['db 2x', 'worker 3s', 'cores 1'].map(parseChange)
    const { alone, after } = simulateRamp({ ...QUESTION, changes })
    assert.deepEqual(
      alone.map(({ forecast }) => forecast.total.p50Ms >= 1_700),
      [true, true, true],
    )
    assert.equal(alone[0]?.forecast.total.p50Ms, 2_700)
    assert.equal(alone[1]?.forecast.total.p50Ms, 4_200)
    assert.ok((after?.total.p50Ms ?? 0) > 4_200)
  })

  test('with scarce cores also weighs one core more', () => {
    const { improvements } = simulateRamp({ ...QUESTION, changes: [parseChange('cores 1')] })
    assert.ok(improvements.some(({ change }) => printChange(change) === 'cores 2'))
  })

  test('refuses when a stage has no number, and shows how to give one', () => {
    assert.throws(
      () => simulateRamp({ ...QUESTION, estimates: ESTIMATES.slice(1) }),
      (error) =>
        isFault(error, 'forecast-baseless') &&
        /^No numbers for db\. .*--estimate db=2s$/.test(error.hint),
    )
  })

  test('of very many stages simulates fewer ramps rather than none', () => {
    const stages = Array.from({ length: 2_000 }, (_, place) => stageOf(`s${place}`))
    const estimates = stages.map(({ name }) => ({ stage: name, leastMs: 5, mostMs: 9 }))
    const plan = planOf(stages)
    const { before } = simulateRamp({ plan, history: [], estimates, changes: [], runs: 1_000_000 })
    assert.ok(before.runs >= 100 && before.runs < 1_000_000, `${before.runs}`)
  })
})

/** A ramp that was so long, in one stage, opened in this order. */
function past(totalMs: number, order: number, foundRunning: readonly string[] = []): PastRamp {
  const plan = planOf([stageOf('db')])
  const times = { startedMs: 0, provisionalMs: totalMs, readyMs: totalMs, completedMs: totalMs }
  const [digest = digestOf('')] = stageDigests(plan)
  return {
    ramp: `shop-up-${order}`,
    plan,
    planDigest: digestOf(plan),
    openedAtMs: order,
    totalMs,
    stages: foundRunning.length > 0 ? [] : [{ name: 'db', digest, times }],
    foundRunning,
    criticalPath: ['db'],
  }
}

describe('a trend', () => {
  test('foretells each ramp from those before it alone', () => {
    const trend = trendOf(
      [100, 110, 120, 500, 130].map((ms, place) => past(ms, place)),
      1,
    )
    const foretold = trend.ramps.map((ramp) => ramp.foretold)
    assert.deepEqual(foretold.slice(0, 3), [undefined, undefined, undefined])
    assert.ok(Math.abs((foretold[3]?.total.p50Ms ?? 0) - 110) <= 3)
    assert.ok((foretold[3]?.errorBp ?? 0) < -7_500 && foretold[3]?.isWithin === false)
    assert.equal(foretold[4]?.isWithin, true)
    assert.deepEqual([trend.check?.ramps, trend.check?.withinBp], [2, 5_000])
  })

  test('leaves out ramps that found parts running, since they were no whole ramps', () => {
    const trend = trendOf([past(100, 0), past(3, 1, ['db']), past(120, 2)], 1)
    assert.deepEqual(
      trend.ramps.map(({ totalMs }) => totalMs),
      [100, 120],
    )
  })

  test('says slower or faster only when it is more than chance', () => {
    const rising = Array.from({ length: 12 }, (_, place) => 100 + place * 10)
    assert.deepEqual(slopeOf(rising), { msPerRamp: 10, direction: 'slower' })
    assert.deepEqual(slopeOf(rising.toReversed()), { msPerRamp: -10, direction: 'faster' })
    assert.equal(slopeOf([100, 120, 95, 118, 102, 121, 97, 119]).direction, 'steady')
    assert.equal(slopeOf([100, 200, 300]).direction, 'unclear')
    // One outlier does not make a slope.
    assert.equal(slopeOf([...rising.map(() => 100), 9_000]).msPerRamp, 0)
  })
})
