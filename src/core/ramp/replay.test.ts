/** Replay agrees with every stream as it was recorded, and with none that was tampered with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { commandOf, planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import type { Entry } from '../entry/entry.ts'
import { replay } from './replay.ts'

function recorded(): readonly Entry[] {
  const db = stageOf('db', { command: commandOf('start'), conditions: [probed('ready')] })
  const api = stageOf('api', { needs: ['db'], command: commandOf('start') })
  const drive = new Drive(planOf([db, api]))
  drive.done('db')
  drive.nowMs += 10
  drive.answer('db:ready', 'passed')
  drive.done('api')
  return drive.entries
}

test('agrees with a stream as it was recorded, batch by batch', () => {
  assert.deepEqual(replay(recorded()), { agrees: true, batches: 4 })
})

test('names the decision that was removed, and what was found instead', () => {
  const entries = recorded()
  const place = entries.findIndex((entry) => entry.type === 'condition.met')
  const result = replay(entries.toSpliced(place, 1))
  assert.ok(!result.agrees)
  assert.equal(result.sequence, place + 1)
  assert.equal(result.expected?.type, 'condition.met')
  assert.equal(result.found?.type, 'stage.provisional')
})

test('names the decision that was altered', () => {
  const entries = recorded()
  const place = entries.findIndex((entry) => entry.type === 'command.issued')
  const altered = { ...entries[place], fence: 99 } as Entry
  const result = replay(entries.with(place, altered))
  assert.ok(!result.agrees)
  assert.equal(result.sequence, place + 1)
})

test('names a decision that follows from nothing', () => {
  const entries = recorded()
  const invented = { type: 'stage.ready', stage: 'api', atMs: 1_000 } as const
  const result = replay(entries.toSpliced(5, 0, invented))
  assert.ok(!result.agrees)
  assert.equal(result.sequence, 6)
})

test('names an answer to a command that nobody had issued', () => {
  const entries = recorded()
  const place = entries.findIndex((entry) => entry.type === 'command.answered')
  const altered = { ...entries[place], command: 'ramp/db/77' } as Entry
  const result = replay(entries.with(place, altered))
  assert.ok(!result.agrees)
  assert.equal(result.sequence, place + 1)
})

test('does not agree with a stream that is cut off within a batch', () => {
  const entries = recorded()
  const result = replay(entries.slice(0, 2))
  assert.ok(!result.agrees)
  assert.equal(result.found, undefined)
})
