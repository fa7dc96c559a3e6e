import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock, Timer } from '../seams/clock.ts'
import { SteadyClock } from './steady-clock.ts'

class HandClock implements Clock {
  now = 1_000
  woken: number[] = []
  nowMs(): number {
    return this.now
  }
  wakeAt(atMs: number): Timer {
    this.woken.push(atMs)
    return { cancel: () => undefined }
  }
}

test('follows the clock below', () => {
  const below = new HandClock()
  const steady = new SteadyClock(below)
  below.now = 1_500
  assert.equal(steady.nowMs(), 1_500)
})

test('goes on at the same pace after the clock below stepped back', () => {
  const below = new HandClock()
  const steady = new SteadyClock(below)
  below.now = 200
  assert.equal(steady.nowMs(), 1_000)
  below.now = 250
  assert.equal(steady.nowMs(), 1_050)
})

test('sets timers on the clock below for the same time from now', () => {
  const below = new HandClock()
  const steady = new SteadyClock(below)
  below.now = 200
  steady.wakeAt(1_300, () => undefined)
  assert.deepEqual(below.woken, [500])
})
