/** Every engine broken on purpose is noticed, by checkers that stand outside. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MUTATIONS } from './mutations.ts'
import { REPLICA_MUTATIONS } from './replica-mutations.ts'
import { simulate } from './simulation.ts'

const WITHIN_RUNS = 60

for (const { title, noticed, ...mutation } of [...MUTATIONS, ...REPLICA_MUTATIONS]) {
  test(`an engine is noticed that ${title}`, async (t) => {
    for (let seed = 1; seed <= WITHIN_RUNS; seed++) {
      const { violations } = await simulate({ seed, ...mutation, replays: false })
      if (!violations.some((violation) => noticed.test(violation))) continue
      t.diagnostic(`after ${seed} runs: ${violations.find((found) => noticed.test(found))}`)
      return
    }
    assert.fail(`nothing like ${noticed} was found within ${WITHIN_RUNS} runs`)
  })
}
