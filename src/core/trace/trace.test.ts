import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { commandOf, planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import { chromeTraceOf } from './chrome-trace.ts'
import { traceOf } from './ramp-trace.ts'

const up = (name: string, ...needs: readonly string[]): ReturnType<typeof stageOf> =>
  stageOf(name, {
    needs,
    command: commandOf('start'),
    compensation: commandOf('stop'),
    conditions: [probed('up')],
  })

/** A ramp whose api fails after its db was ready, so that both are undone. */
function brokenRamp(): Drive {
  const drive = new Drive(planOf([up('db'), up('api', 'db')]))
  drive.pass(10)
  drive.done('db')
  drive.answer('db:up', 'failed', { reason: 'refused', evidence: { latencyMs: 3 } })
  drive.pass(20)
  drive.answer('db:up', 'passed')
  drive.pass(5)
  drive.done('api')
  drive.pass(5)
  drive.answer('api:up', 'failed', { outlook: 'terminal', sentence: 'It is the wrong one.' })
  drive.pass(7)
  drive.done('api')
  drive.pass(7)
  drive.done('db')
  assert.equal(drive.state.ended?.outcome, 'undone')
  return drive
}

describe('a ramp as a trace', () => {
  test('has a span for the ramp, and below it one for every entering and every undoing', () => {
    const { entries } = brokenRamp()
    const { spans } = traceOf(entries)
    const [root] = spans
    assert.deepEqual(
      spans.map((span) => [
        span.name,
        span.startMs,
        span.endMs,
        span.status,
        span.parent === root?.id,
      ]),
      [
        ['up shop', 1_000, 1_054, 'error', false],
        ['db', 1_000, 1_030, 'ok', true],
        ['api', 1_030, 1_040, 'error', true],
        ['undo api', 1_040, 1_047, 'ok', true],
        ['undo db', 1_040, 1_054, 'ok', true],
      ],
    )
    assert.equal(spans[2]?.message, 'It is the wrong one.')
    assert.equal(root?.attributes['rampart.by'], 'proposer')
  })

  test('tells every attempt as an event of its stage', () => {
    const [, db] = traceOf(brokenRamp().entries).spans
    assert.deepEqual(
      db?.events.map(({ name, attributes }) => [name, attributes['rampart.verdict'] ?? null]),
      [
        ['stage.entered', null],
        ['command.issued', null],
        ['command.answered', 'done'],
        ['stage.started', null],
        ['condition.answered', 'failed'],
        ['condition.answered', 'passed'],
        ['condition.met', null],
        ['stage.provisional', null],
      ],
    )
    const [refused] = db.events.filter(({ name }) => name === 'condition.answered')
    assert.equal(refused?.attributes['rampart.reason'], 'refused')
    assert.equal(refused.attributes['rampart.latencyMs'], 3)
    assert.equal(refused.attributes['rampart.attempt'], 1)
  })

  test('has ids of its own that are the same each time, as the standard wants them', () => {
    const { entries } = brokenRamp()
    const trace = traceOf(entries)
    assert.deepEqual(traceOf(entries), trace)
    assert.match(trace.id, /^[0-9a-f]{32}$/)
    const ids = trace.spans.map((span) => span.id)
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/)
  })

  test('is told as far as it has come, at every entry, with no id changing later', () => {
    const { entries } = brokenRamp()
    const known = new Set(traceOf(entries).spans.map((span) => span.id))
    for (let count = 1; count <= entries.length; count++) {
      const { spans } = traceOf(entries.slice(0, count))
      assert.ok(spans.every(({ id, startMs, endMs }) => known.has(id) && startMs <= endMs))
    }
  })
})

test('Perfetto gets a row for the ramp and one for each stage, in microseconds from its opening', () => {
  const told = chromeTraceOf(traceOf(brokenRamp().entries))
  const events = told['traceEvents'] as readonly Readonly<Record<string, unknown>>[]
  const rows = events.filter(({ name }) => name === 'thread_name')
  assert.deepEqual(
    rows.map(({ tid, args }) => [tid, (args as { name: string }).name]),
    [
      [1, 'up shop'],
      [2, 'db'],
      [3, 'api'],
    ],
  )
  const whole = events.filter(({ ph }) => ph === 'X')
  assert.deepEqual(
    whole.map(({ name, tid, ts, dur }) => [name, tid, ts, dur]),
    [
      ['up shop', 1, 0, 54_000],
      ['db', 2, 0, 30_000],
      ['api', 3, 30_000, 10_000],
      ['undo api', 3, 40_000, 7_000],
      ['undo db', 2, 40_000, 14_000],
    ],
  )
  assert.ok(events.every(({ ph, ts }) => ph === 'M' || Number.isInteger(ts)))
  assert.ok(events.some(({ ph, name }) => ph === 'i' && name === 'condition.answered'))
})
