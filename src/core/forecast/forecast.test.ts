import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import type { Plan } from '../plan/plan.ts'
import { applyChanges } from './apply-change.ts'
import { ChanceStream } from './chance.ts'
import { type Change, parseChange } from './change.ts'
import { forecastOf, type Scenario } from './forecast.ts'
import { networkOf } from './network.ts'
import type { StageSamples } from './samples.ts'
import { scheduleOf } from './schedule.ts'
import { orderedTimes, type StageTimes } from './stage-times.ts'

/** Times that are ready after so long, with a first pass so much before that. */
function readyAfter(readyMs: number, gapMs = 0): StageTimes {
  return orderedTimes({
    startedMs: Math.min(1, readyMs - gapMs),
    provisionalMs: readyMs - gapMs,
    readyMs,
    completedMs: readyMs,
  })
}

function sampled(name: string, times: readonly StageTimes[]): StageSamples {
  return { name, source: 'history', times, ramps: times.map((_, index) => index) }
}

/** A scenario in which every stage takes one known time. */
function constantScenario(plan: Plan, readyMs: Readonly<Record<string, number>>): Scenario {
  const samples = plan.stages.map(({ name }) => sampled(name, [readyAfter(readyMs[name] ?? 0)]))
  return { network: networkOf(plan), samples }
}

const OPTIONS = { runs: 50, seed: 7 }

/** Stages `s0`, `s1`, …, each needing some of those before it. */
const dags = fc
  .array(fc.record({ ms: fc.nat(500), needs: fc.array(fc.nat(1_000), { maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((drawn) =>
    drawn.map(({ ms, needs }, place) => ({
      ms,
      needs: place === 0 ? [] : [...new Set(needs.map((need) => need % place))],
    })),
  )

describe('with times that never change', () => {
  test('a forecast is the longest path, and slack is what every path through a stage leaves', () => {
    fc.assert(
      fc.property(dags, (dag) => {
        const plan = planOf(
          dag.map(({ needs }, place) =>
            stageOf(`s${place}`, { needs: needs.map((need) => `s${need}`) }),
          ),
        )
        const durations = Object.fromEntries(dag.map(({ ms }, place) => [`s${place}`, ms]))
        const forecast = forecastOf(constantScenario(plan, durations), OPTIONS)
        // Longest path to the end of each stage, and from its beginning to the end of all.
        const to: number[] = []
        for (const { ms, needs } of dag) to.push(ms + Math.max(0, ...needs.map((n) => to[n] ?? 0)))
        const from: number[] = dag.map(({ ms }) => ms)
        for (let place = dag.length - 1; place >= 0; place--) {
          for (const need of dag[place]?.needs ?? []) {
            from[need] = Math.max(from[need] ?? 0, (dag[need]?.ms ?? 0) + (from[place] ?? 0))
          }
        }
        const longest = Math.max(...to)
        assert.deepEqual(forecast.total, { p5Ms: longest, p50Ms: longest, p95Ms: longest })
        forecast.stages.forEach((stage, place) => {
          const ms = dag[place]?.ms ?? 0
          const through = (to[place] ?? 0) + (from[place] ?? 0) - ms
          assert.equal(stage.ready.p50Ms, to[place])
          assert.equal(stage.slackMsMean, longest - through)
          assert.equal(stage.criticalShareBp, through === longest ? 10_000 : 0)
        })
      }),
      { numRuns: 300 },
    )
  })

  test('cores are never more than there are, and no work is lost waiting for one', () => {
    fc.assert(
      fc.property(dags, fc.integer({ min: 1, max: 4 }), (dag, cores) => {
        const plan = planOf(
          dag.map(({ needs }, place) =>
            stageOf(`s${place}`, { needs: needs.map((need) => `s${need}`) }),
          ),
        )
        const times = dag.map(({ ms }) => readyAfter(ms))
        const network = networkOf(plan)
        const free = scheduleOf(network, times)
        const shared = scheduleOf({ ...network, cores }, times)
        const work = dag.reduce((sum, { ms }) => sum + ms, 0)
        assert.ok(shared.totalMs >= free.totalMs && shared.totalMs >= work / cores)
        // Graham's bound for whoever serves the first that may begin.
        assert.ok(shared.totalMs <= work / cores + free.totalMs)
        for (const atMs of shared.beginMs) {
          const busy = dag.filter(
            (_, other) =>
              (shared.beginMs[other] ?? 0) <= atMs && atMs < (shared.readyMs[other] ?? 0),
          )
          assert.ok(busy.length <= cores)
        }
        assert.ok(shared.slackMs.every((slackMs) => slackMs >= 0))
        assert.ok(shared.slackMs.includes(0))
        if (cores === 1) assert.equal(shared.totalMs, work)
      }),
      { numRuns: 300 },
    )
  })
})

const SHOP = planOf([
  stageOf('db', { conditions: [probed('answers', {}, { holdMs: 300 })] }),
  stageOf('api', { needs: ['db'] }),
  stageOf('cache'),
])

function shopWith(...changes: readonly string[]): number {
  const samples = [
    sampled('db', [readyAfter(1_000, 300)]),
    sampled('api', [readyAfter(500)]),
    sampled('cache', [readyAfter(100)]),
  ]
  const scenario = { network: networkOf(SHOP), samples }
  const changed = applyChanges(scenario, changes.map(parseChange))
  return forecastOf(changed, OPTIONS).total.p50Ms
}

describe('a what-if', () => {
  const cases: readonly (readonly [readonly string[], number])[] = [
    [[], 1_500],
    // The hold is the contract's, not the stage's work, so it is not doubled.
    [['db 2x'], 700 * 2 + 300 + 500],
    [['db 0.5x'], 350 + 300 + 500],
    [['db 200ms'], 700],
    [['db holdFor 0ms'], 1_200],
    [['db holdFor 1s'], 2_200],
    [['db->api provisional'], 1_200],
    [['db->api started'], 1_000],
    [['without db->api'], 1_000],
    [['cache->api ready', 'cache 2s'], 2_500],
    // One core: 700 of db, 100 of cache while db holds, then api.
    [['cores 1'], 1_500],
    [['cores 1', 'cache 400ms'], 700 + 400 + 500],
  ]
  for (const [changes, expectedMs] of cases) {
    test(`of ${changes.join(', ') || 'nothing'} makes ${expectedMs} ms`, () => {
      assert.equal(shopWith(...changes), expectedMs)
    })
  }

  test('that makes stages wait for each other is refused', () => {
    assert.throws(() => shopWith('api->db ready'), /db, api would wait for each other/)
  })

  test('about an edge that is not there says which there is', () => {
    assert.throws(() => shopWith('without cache->api'), /api does not wait for cache; .* db\./)
    assert.throws(() => shopWith('without db->cache'), /cache does not wait for db; .* nothing\./)
    assert.throws(() => shopWith('queue 2x'), /no stage queue; there are: db, api, cache\./)
  })
})

test('a what-if about a group is about every stage of it', () => {
  const plan = planOf(
    [
      stageOf('eu/api', { group: 'eu' }),
      stageOf('us/api', { group: 'us' }),
      stageOf('us/web', { group: 'us', needs: ['us/api'] }),
    ],
    {
      groups: [
        { name: 'eu', needs: [] },
        { name: 'us', needs: [{ group: 'eu', until: 'ready' }] },
      ],
    },
  )
  const scenario = constantScenario(plan, { 'eu/api': 100, 'us/api': 40, 'us/web': 30 })
  const total = (...changes: readonly Change[]): number =>
    forecastOf(applyChanges(scenario, changes), OPTIONS).total.p50Ms
  assert.equal(total(), 170)
  assert.equal(total({ is: 'without', needed: 'eu', dependent: 'us' }), 100)
})

describe('chance', () => {
  const plan = planOf([stageOf('a'), stageOf('b', { needs: ['a'] })])
  const times = Array.from({ length: 20 }, (_, index) => readyAfter(100 + index * 10))
  const apart = [
    sampled('a', times),
    { ...sampled('b', times), ramps: times.map((_, index) => (index * 3 + 4) % 20) },
  ]
  const together = [sampled('a', times), sampled('b', times)]

  test('is the same for the same seed, and another for another', () => {
    const scenario = { network: networkOf(plan), samples: apart }
    const first = forecastOf(scenario, { runs: 500, seed: 1 })
    assert.deepEqual(forecastOf(scenario, { runs: 500, seed: 1 }), first)
    assert.notDeepEqual(forecastOf(scenario, { runs: 500, seed: 2 }), first)
  })

  test('keeps stages slow together that were slow together, so that the p95 is not too short', () => {
    const options = { runs: 5_000, seed: 1 }
    const alike = forecastOf({ network: networkOf(plan), samples: together }, options)
    const loose = forecastOf({ network: networkOf(plan), samples: apart }, options)
    // Both at their slowest: 290 + 290, and hardly ever when each goes by itself.
    assert.ok(alike.total.p95Ms >= 560, `${alike.total.p95Ms}`)
    assert.ok(loose.total.p95Ms < 545, `${loose.total.p95Ms}`)
    assert.ok(Math.abs((alike.stages[1]?.own.p50Ms ?? 0) - 195) <= 5)
  })

  test('foretells the middle of ramps that are either quick or slow as a whole', () => {
    const isSlow = (ramp: number): boolean => ramp < 8
    const ramps = Array.from({ length: 20 }, (_, place) => (place + 8) % 20)
    const halves = ['a', 'b'].map((name) => ({
      ...sampled(
        name,
        ramps.map((ramp) => readyAfter(isSlow(ramp) ? 300 : 100)),
      ),
      ramps,
    }))
    const scenario = { network: networkOf(plan), samples: halves }
    const { total } = forecastOf(scenario, { runs: 5_000, seed: 1 })
    // Drawn one by one, the likeliest ramp would be 400, which never was.
    assert.ok(total.p50Ms <= 220, `${total.p50Ms}`)
    assert.ok(total.p95Ms >= 590, `${total.p95Ms}`)
  })

  test('draws every value as often as any other', () => {
    const stream = new ChanceStream(42, 'db')
    const counts = new Array(10).fill(0)
    for (let draw = 0; draw < 100_000; draw++) counts[Math.floor((stream.next() / 2 ** 32) * 10)]++
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 400, counts.join(' '))
  })
})
