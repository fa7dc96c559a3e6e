/** Rows of the table that no real queue can be brought to at will; all others are tested for real. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gist } from '../../../test/support/asking.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessQueue } from './assess-queue.ts'
import type { CanaryFacts, QueueFacts } from './facts.ts'
import { readQueueInput } from './queue-input.ts'

const input = readQueueInput(
  new InputReader({
    bullmq: { url: 'redis://h', queue: 'mails' },
    canary: { processedWithin: 400, by: 'worker@1' },
  }),
)

const done: CanaryFacts = {
  state: 'done',
  processedMs: 12,
  waitedMs: 13,
  answer: { hasToken: true, version: 'worker@1' },
  isContinued: false,
  isCutShort: false,
  aheadAtFirst: 0,
  ahead: 0,
}

function factsOf(canary: Partial<CanaryFacts>, more: Partial<QueueFacts> = {}): QueueFacts {
  return { latencyMs: 20, failed: [], canary: { ...done, ...canary }, ...more }
}

describe('what is said of a queue', () => {
  it('does not pass a canary that was done too late', () => {
    const answer = assessQueue(input, factsOf({ processedMs: 401, waitedMs: 402 }))
    assert.equal(gist(answer), 'failed notYet too-slow')
    assert.match(answer.sentence, /took 401 ms for the canary; 400 ms expected/)
    assert.equal(gist(assessQueue(input, factsOf({ processedMs: 400 }))), 'passed processed')
  })

  it('says of a backlog how far it got', () => {
    const counts = { waiting: 70, active: 3, oldestWaitingMs: 61_000 }
    const canary = { state: 'waiting', waitedMs: 400, aheadAtFirst: 90, ahead: 70 } as const
    const { reason, sentence } = assessQueue(input, factsOf(canary, { counts, workers: 2 }))
    assert.equal(reason, 'backlog')
    assert.match(sentence, /70 jobs before the canary, the first waits for 61000 ms; 20 were taken/)
  })

  it('tells workers that are busy from workers that do nothing', () => {
    const canary = { state: 'waiting', waitedMs: 400, aheadAtFirst: 5, ahead: 5 } as const
    for (const [active, workers, expected] of [
      [3, 1, 'busy'],
      [3, undefined, 'busy'],
      [3, 0, 'no-worker'],
      [0, 1, 'not-working'],
      [0, undefined, 'not-taken'],
    ] as const) {
      const counts = { waiting: 5, active }
      const more = { counts, ...(workers === undefined ? {} : { workers }) }
      assert.equal(assessQueue(input, factsOf(canary, more)).reason, expected)
    }
  })

  it('tells what was found before the connection broke', () => {
    const { canary: _, ...facts } = factsOf({})
    const failure = { code: 'ECONNRESET', message: '' }
    const answer = assessQueue(input, { ...facts, failure, schemaVersion: 42 })
    assert.equal(gist(answer), 'failed notYet reset')
    assert.equal(answer.evidence['schemaVersion'], 42)
  })
})
