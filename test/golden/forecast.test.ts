/**
 * What is said and drawn of forecasts and trends, from a history made of a seed, so that every number
 * and every line of a picture is the same each time. docs/cli-json.md shows the trend of this test.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paintFor } from '../../src/cli/views/paint.ts'
import { simulationLines } from '../../src/cli/views/simulation-lines.ts'
import { simulationPicture } from '../../src/cli/views/simulation-picture.ts'
import { trendJson } from '../../src/cli/views/trend-json.ts'
import { trendLines } from '../../src/cli/views/trend-lines.ts'
import { trendPicture } from '../../src/cli/views/trend-picture.ts'
import { parseChange } from '../../src/core/forecast/change.ts'
import { ChanceStream } from '../../src/core/forecast/chance.ts'
import { networkOf } from '../../src/core/forecast/network.ts'
import { type PastRamp, stageDigests } from '../../src/core/forecast/past-ramp.ts'
import { scheduleOf } from '../../src/core/forecast/schedule.ts'
import { simulateRamp } from '../../src/core/forecast/simulation.ts'
import { trendOf } from '../../src/core/forecast/trend.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import { planOf, probed, stageOf } from '../support/plan-words.ts'
import { assertGolden, steadyJson } from './golden-text.ts'

const SHOP = planOf([
  stageOf('db'),
  stageOf('cache'),
  stageOf('migrate', { needs: ['db'], finishes: true }),
  stageOf('worker', {
    needs: ['db', 'cache'],
    conditions: [probed('log', {}, { holdMs: 2_000 })],
  }),
  stageOf('api', { needs: ['migrate', 'cache', 'worker:provisional'] }),
  stageOf('web', { needs: ['api', 'worker'] }),
])

/** Least, most, and what is held after the first pass. @unit ms */
const TIMES: readonly (readonly [number, number, number])[] = [
  [3_000, 9_000, 0],
  [400, 1_500, 0],
  [1_000, 6_000, 0],
  [1_500, 3_000, 2_000],
  [1_800, 3_400, 0],
  [600, 900, 0],
]

/** The ramp of a day, all of it a little slower every day. */
function pastRamp(day: number): PastRamp {
  const times = SHOP.stages.map(({ name }, place) => {
    const [least, most, holdMs] = TIMES[place] ?? [0, 0, 0]
    const share = new ChanceStream(day, name).next() / 2 ** 32
    const provisionalMs = Math.round((least + (most - least) * share) * (1 + day / 40))
    const readyMs = provisionalMs + holdMs
    return { startedMs: 20, provisionalMs, readyMs, completedMs: readyMs }
  })
  const digests = stageDigests(SHOP)
  const foundRunning = day === 5 ? ['db'] : []
  return {
    ramp: `shop-up-day${String(day).padStart(2, '0')}`,
    plan: SHOP,
    planDigest: digestOf(day < 9 ? 'one' : 'other'),
    openedAtMs: Date.UTC(2026, 0, 1 + day, 7, 30),
    totalMs: scheduleOf(networkOf(SHOP), times).totalMs,
    stages: SHOP.stages.flatMap(({ name }, place) => {
      const [own, digest] = [times[place], digests[place]]
      if (own === undefined || digest === undefined || foundRunning.includes(name)) return []
      return [{ name, digest, times: own }]
    }),
    foundRunning,
    criticalPath: [],
  }
}

const HISTORY = Array.from({ length: 16 }, (_, day) => pastRamp(day))
const PLAIN = paintFor({ isTTY: false }, {})

/** A picture that a reader of XML takes: every element is closed, and nothing is left out. */
function assertPicture(name: string, svg: string): void {
  const open: string[] = []
  for (const [, closing, tag = '', selfClosing] of svg.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
    if (closing === '/') assert.equal(open.pop(), tag)
    else if (selfClosing !== '/') open.push(tag)
  }
  assert.deepEqual(open, [])
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/)
  assertGolden(name, svg)
}

test('a trend is told in words, as JSON and as a picture', () => {
  const trend = trendOf(HISTORY, 1)
  const report = { name: 'shop', goal: 'up', trend, partial: HISTORY.length - trend.ramps.length }
  assertGolden('cli/words/trend.txt', `${trendLines(report, PLAIN, 100).join('\n')}\n`)
  const [first, ...more] = [trend.ramps[0], ...trend.ramps.slice(-1)]
  const short = { ...report, trend: { ...trend, ramps: [first, ...more].flatMap((one) => one ?? []) } }
  assertGolden('cli/json/trend.json', steadyJson(JSON.stringify(trendJson(short)), 'shop-folder'))
  assertPicture('forecast/trend.svg', trendPicture(report))
})

for (const [name, written] of [
  ['as-it-is', []],
  ['what-if', ['db 0.5x', 'cores 1']],
] as const) {
  test(`a forecast ${name} is told in words and as a picture`, () => {
    const changes = written.map(parseChange)
    const simulation = simulateRamp({ plan: SHOP, history: HISTORY, estimates: [], changes })
    const check = trendOf(HISTORY, 1).check
    const subject = { name: 'shop', goal: 'up', plan: SHOP, history: HISTORY }
    const report = { subject, simulation, ...(check === undefined ? {} : { check }) }
    const lines = simulationLines(report, PLAIN, 100)
    for (const line of lines) assert.ok(line.length <= 100, line)
    assertGolden(`forecast/${name}.txt`, `${lines.join('\n')}\n`)
    assertPicture(`forecast/${name}.svg`, simulationPicture(report))
  })
}
