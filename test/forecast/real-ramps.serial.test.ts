/**
 * Forecasts against the real thing: twenty real ramps of real processes, whose times are drawn from a
 * seed. What is foretold from some ramps must be what others took, and a what-if what the changed
 * contract then takes.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readHistory } from '../../src/cli/past-ramps.ts'
import { ChanceStream } from '../../src/core/forecast/chance.ts'
import type { PastRamp } from '../../src/core/forecast/past-ramp.ts'
import { foretell } from '../../src/core/forecast/trend.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { collectingParts, runInProcess } from '../support/cli.ts'
import { openFolder, stopDaemon } from '../support/rampart.ts'

/** What each component sleeps before it is of use. @unit ms */
const SLEEPS = {
  db: [200, 450],
  cache: [150, 700],
  migrate: [80, 200],
  worker: [100, 250],
  api: [100, 300],
} as const

const RAMPS = 20

/** What the api needs, and what it would in the what-if. */
const AS_IT_IS = 'migrate, worker, cache'
const CHANGED = 'migrate, { worker: provisional }'

/** @param apiNeeds what the api waits for */
function contract(apiNeeds: string): string {
  const part = (name: string, more: string): string => `    ${name}:
      run:
        command: [sh, -c, "sleep $\{settings.${name}}; echo is ready; exec sleep 600"]
      ready: [{ log: { pattern: is ready }${more}
`
  const names = Object.keys(SLEEPS)
  const settings = names.map((name) => `    ${name}: { from: SLEEP_${name.toUpperCase()} }`)
  return `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  settings:
${settings.join('\n')}
  components:
${part('db', ' }]')}${part('cache', ' }]')}    migrate:
      needs: [db]
      run: { command: [sh, -c, "sleep $\{settings.migrate}"], oneShot: true }
      ready: [{ exit: 0 }]
${part('worker', ', holdFor: 200ms, every: 10ms }]\n      needs: [db]')}${part('api', ` }]\n      needs: [${apiNeeds}]`)}`
}

/** Brings the shop up and down again, its sleeps drawn for this round. */
async function ramp(folder: string, round: number): Promise<void> {
  const settings = Object.fromEntries(
    Object.entries(SLEEPS).map(([name, [least, most]]) => {
      const share = new ChanceStream(2_026 + round, name).next() / 2 ** 32
      const ms = Math.round(least + (most - least) * share)
      return [`SLEEP_${name.toUpperCase()}`, (ms / 1_000).toFixed(3)]
    }),
  )
  const up = await runInProcess(['up', '--json'], folder, settings)
  assert.equal(up.exitCode, 0, up.stdout)
  const down = await runInProcess(['down', '--json'], folder, settings)
  assert.equal(down.exitCode, 0, down.stdout)
}

async function told(folder: string, ...argv: readonly string[]): Promise<Record<string, never>> {
  const { exitCode, stdout, stderr } = await runInProcess([...argv, '--json'], folder)
  assert.equal(exitCode, 0, `${argv.join(' ')}: ${stdout}${stderr}`)
  return JSON.parse(stdout)
}

interface Told {
  readonly before: { readonly p50Ms: number }
  readonly after: { readonly p50Ms: number }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  return ((sorted[middle] ?? 0) + (sorted[sorted.length - 1 - middle] ?? 0)) / 2
}

function assertWithinTenth(t: TestContext, foretoldMs: number, actualMs: number): void {
  const sentence = `foretold ${foretoldMs} ms, took ${actualMs} ms`
  t.diagnostic(sentence)
  assert.ok(Math.abs(foretoldMs / actualMs - 1) <= 0.1, sentence)
}

/** The half of the ramps with even, or with odd places, so that both halves saw the same machine. */
function half(ramps: readonly PastRamp[], rest: 0 | 1): readonly PastRamp[] {
  return ramps.filter((_, place) => place % 2 === rest)
}

function medianTotal(ramps: readonly PastRamp[]): number {
  return medianOf(ramps.map(({ totalMs }) => totalMs))
}

test('twenty real ramps take what was foretold of them, and so does a what-if', async (t) => {
  const folder = openFolder(t)
  const write = (apiNeeds: string): void =>
    writeFileSync(join(folder, 'rampart.yaml'), contract(apiNeeds))
  for (let round = 0; round < RAMPS; round++) {
    if (round % 2 === 1) {
      // Every other time as the what-if has it too, so that both see the same machine.
      write(CHANGED)
      await ramp(folder, round)
    }
    write(AS_IT_IS)
    await ramp(folder, round)
  }
  const workspace = { workspace: folder, contract: 'shop', goal: 'up', last: 2 * RAMPS }
  const { ramps: history } = await readHistory(collectingParts(folder), workspace)
  const [first] = history
  const ramps = history.filter((past) => past.planDigest === first?.planDigest)
  const changed = history.filter((past) => past.planDigest !== first?.planDigest)
  assert.deepEqual([ramps.length, changed.length], [RAMPS, RAMPS / 2])

  await t.test('all foretell their own median', async (inner) => {
    const { before } = (await told(folder, 'simulate')) as unknown as Told
    assertWithinTenth(inner, before.p50Ms, medianTotal(ramps))
  })
  for (const [rest, other] of [[0, 1] as const, [1, 0] as const]) {
    await t.test(`every second one foretells the others (${rest})`, (inner) => {
      const [one] = half(ramps, other)
      const foretold = one && foretell(one, half(ramps, rest), 1)
      assertWithinTenth(inner, foretold?.total.p50Ms ?? 0, medianTotal(half(ramps, other)))
    })
  }
  await t.test('all but one foretell that one, right in the middle of them', (inner) => {
    const foretold = ramps.map((past) => {
      const others = ramps.filter((other) => other !== past)
      return foretell(past, others, 1)?.total.p50Ms ?? 0
    })
    assertWithinTenth(inner, medianOf(foretold), medianTotal(ramps))
  })
  await t.test('a changed contract takes what the what-if said it would', async (inner) => {
    const what = ['--what', 'worker->api provisional', '--without', 'cache->api']
    const { before, after } = (await told(folder, 'simulate', ...what)) as unknown as Told
    assert.ok(after.p50Ms < before.p50Ms * 0.95, 'it is worth noticing')
    assertWithinTenth(inner, after.p50Ms, medianTotal(changed))
  })
  await t.test('the trend foretells each but the first three from those before it', async () => {
    const { check } = (await told(folder, 'trend')) as unknown as {
      readonly check: { readonly ramps: number }
    }
    assert.equal(check.ramps, history.length - 3)
  })
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})
