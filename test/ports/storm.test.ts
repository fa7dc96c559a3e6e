/** A small storm in the gate; bench/ports.ts makes the great one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runStorm } from './storm.ts'

const SMALL = { strategy: 'rampart', processes: 8, claims: 8, delayMs: 100, rounds: 1 } as const

test('processes that ask at the same instant bind what they were given, each its own', async () => {
  const { asked, doubles, failed } = await runStorm({ ...SMALL, rounds: 2 })
  assert.deepEqual({ asked, doubles, failed }, { asked: 128, doubles: 0, failed: [] })
})

for (const killAtMs of [1, 20, 120]) {
  test(`a broker that is killed ${killAtMs} ms after they ask breaks no promise`, async () => {
    const { asked, doubles, failed } = await runStorm({ ...SMALL, killAtMs })
    assert.deepEqual({ asked, doubles, failed }, { asked: 64, doubles: 0, failed: [] })
  })
}
