/** The simulation itself: seeds that must stay clean, a fresh one for every commit, and determinism. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { printCanonicalJson } from '../../src/core/units/json.ts'
import { describeFailure } from './describe-failure.ts'
import { FAULT_NAMES } from './faults/faults.ts'
import { simulate } from './simulation.ts'

const REGRESSION_SEEDS = 200
const FRESH_SEEDS = 60

test('nothing that must never happen does, whatever goes wrong', async () => {
  for (let seed = 1; seed <= REGRESSION_SEEDS; seed++) await assertClean(seed)
})

test('a commit is tried with seeds that nobody has tried before', async (t) => {
  const first = freshSeed()
  t.diagnostic(`fresh seeds from ${first}`)
  for (let seed = first; seed < first + FRESH_SEEDS; seed++) await assertClean(seed)
})

test('seeds that once found a fault stay clean', async () => {
  for (const seed of [348, 409, 43, 7, 439_921, 471_807]) await assertClean(seed)
})

test('the same seed gives the same ledger, byte for byte', async () => {
  const digest = async (): Promise<string> => {
    const hash = createHash('sha256')
    for (let seed = 1; seed <= 25; seed++) {
      for (const recorded of (await simulate({ seed })).entries) {
        hash.update(printCanonicalJson(recorded))
      }
    }
    return hash.digest('hex')
  }
  assert.equal(await digest(), await digest())
})

test('every kind of fault is switched on by some seed, and most runs reach their goal', async () => {
  const seen = new Set<string>()
  const outcomes = new Map<string, number>()
  for (let seed = 1; seed <= 60; seed++) {
    const { faults, entries } = await simulate({ seed })
    for (const fault of faults) seen.add(fault)
    for (const { entry } of entries) {
      if (entry.type !== 'ramp.ended') continue
      outcomes.set(entry.outcome, (outcomes.get(entry.outcome) ?? 0) + 1)
    }
  }
  assert.deepEqual([...seen].sort(), [...FAULT_NAMES].sort())
  for (const outcome of ['reached', 'undone', 'abandoned']) {
    assert.ok((outcomes.get(outcome) ?? 0) >= 5, `${outcome}: ${outcomes.get(outcome) ?? 0} times`)
  }
})

async function assertClean(seed: number): Promise<void> {
  const result = await simulate({ seed })
  assert.equal(result.violations.length, 0, describeFailure(result))
}

/** A seed from the commit, so that every commit tries others and a failure can be repeated. */
function freshSeed(): number {
  try {
    const hash = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' })
    return Number.parseInt(hash.slice(0, 7), 16)
  } catch {
    // Outside a checkout there is no commit; one fixed seed more does no harm.
    return 1_000_003
  }
}
