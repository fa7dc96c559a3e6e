/**
 * A small storm: what becomes of ramps while replicas are killed, stopped and cut off and PostgreSQL
 * crashes. `npm run chaos` lets a great one rage.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rage } from './storm.ts'
import { complaintsAbout, printStorm } from './storm-report.ts'

test('loses no ramp and does nothing twice while replicas and their database come and go', async (t) => {
  const result = await rage({
    users: 20,
    leaseMs: 2_000,
    jobSeconds: 3,
    deeds: ['kill', 'pause', 'restart', 'cut'],
    pauseMs: 1_500,
    calmMs: 60_000,
    log: (line) => t.diagnostic(line),
  })
  t.diagnostic(`\n${printStorm(result)}`)
  assert.deepEqual(complaintsAbout(result), [])
  assert.ok(result.ownership.takeOvers > 0, 'somebody took over')
})
