import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { test } from 'node:test'
import { SystemClock } from './system-clock.ts'

const clock = new SystemClock()

function wakes(atMs: number): Promise<number> {
  return new Promise((resolve) => clock.wakeAt(atMs, () => resolve(clock.nowMs())))
}

test('tells whole milliseconds near the wall clock', () => {
  assert.ok(Number.isInteger(clock.nowMs()))
  assert.ok(Math.abs(clock.nowMs() - Date.now()) < 1_000)
})

test('never wakes before the instant', async () => {
  for (const pauseMs of [0, 1, 2, 3, 5, 8, 13]) {
    const atMs = clock.nowMs() + pauseMs
    assert.ok((await wakes(atMs)) >= atMs)
  }
})

test('wakes late by little more than a millisecond', async () => {
  const lateMs: number[] = []
  for (let round = 0; round < 30; round++) {
    const startedMs = performance.now()
    await wakes(clock.nowMs() + 5)
    lateMs.push(performance.now() - startedMs - 5)
  }
  lateMs.sort((one, other) => one - other)
  assert.ok((lateMs[15] ?? 99) < 3, `median lateness ${lateMs[15]} ms`)
})

test('wakes at once, but not inside the call, for an instant that is past', async () => {
  let woken = false
  const done = new Promise<void>((resolve) => {
    clock.wakeAt(0, () => {
      woken = true
      resolve()
    })
  })
  assert.equal(woken, false)
  await done
})

test('wakes those due at one instant in the order they were set', async () => {
  const atMs = clock.nowMs() + 10
  const woken: number[] = []
  const all = [0, 1, 2, 3, 4].map(
    (number) =>
      new Promise<void>((resolve) => {
        const note = (): void => {
          woken.push(number)
          resolve()
        }
        clock.wakeAt(atMs, note)
      }),
  )
  await Promise.all(all)
  assert.deepEqual(woken, [0, 1, 2, 3, 4])
})

test('does not wake for a timer that was cancelled, also when cancelled by one due with it', async () => {
  const atMs = clock.nowMs() + 5
  const woken: string[] = []
  clock.wakeAt(atMs, () => {
    woken.push('first')
    second.cancel()
  })
  const second = clock.wakeAt(atMs, () => woken.push('second'))
  const early = clock.wakeAt(atMs - 3, () => woken.push('early'))
  early.cancel()
  early.cancel()
  await wakes(atMs + 2)
  assert.deepEqual(woken, ['first'])
})

test('takes an instant further away than a timer of Node can run', async () => {
  let woken = false
  const far = clock.wakeAt(clock.nowMs() + 2 ** 33, () => {
    woken = true
  })
  await wakes(clock.nowMs() + 5)
  assert.equal(woken, false)
  far.cancel()
})

test('lets the event loop turn between callbacks that set each other for the past', async () => {
  let rounds = 0
  let stop = false
  const again = (): void => {
    rounds += 1
    if (!stop) clock.wakeAt(0, again)
  }
  again()
  await new Promise((resolve) => setTimeout(resolve, 5))
  stop = true
  assert.ok(rounds > 1)
})
