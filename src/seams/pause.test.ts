import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SystemClock } from '../clock/system-clock.ts'
import { pause } from './pause.ts'

test('a pause ends once its time has come, with or without anybody who might end it', async () => {
  const clock = new SystemClock()
  const beganMs = clock.nowMs()
  await pause(clock, 5)
  await pause(clock, 5, new AbortController().signal)
  assert.ok(clock.nowMs() - beganMs >= 10)
})

test('a pause ends at once when nobody waits any more', async () => {
  const clock = new SystemClock()
  const left = new AbortController()
  const paused = pause(clock, 86_400_000, left.signal)
  left.abort()
  await paused
  await pause(clock, 86_400_000, left.signal)
})
