import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { conditionOf, planOf, probeOf, stageOf } from '../../../test/support/plan-words.ts'
import { explainStage } from '../ramp/explain.ts'
import { rampStatus } from './ramp-status.ts'
import { sayingOf } from './saying.ts'
import { stageRows } from './stage-rows.ts'

const command = { actuator: 'process', operation: 'start', input: {}, timeoutMs: 1_000 }
const answers = conditionOf('answers', probeOf('http'))

test('a ramp is told in the same words wherever it is told', () => {
  const drive = new Drive(planOf([stageOf('db', { command, conditions: [answers] })]))
  const said = (): readonly (string | undefined)[] =>
    drive.entries.map((entry) => sayingOf(entry, drive.state)?.label)
  assert.ok(said().includes('starting'))
  assert.deepEqual(
    stageRows(drive.state, drive.nowMs).map(({ name, label, mood }) => [name, label, mood]),
    [['db', 'starting', 'moving']],
  )
  assert.deepEqual(rampStatus(drive.state), { mood: 'moving', label: 'under way' })
  drive.done('db')
  drive.answer('db:answers', 'passed')
  assert.ok(said().includes('ready'))
  assert.deepEqual(rampStatus(drive.state), { mood: 'good', label: 'ready' })
})

test('what a ramp ends on its way up is told as stopped, and that it had to be killed', () => {
  const stop = { ...command, operation: 'stop' }
  const drive = new Drive(planOf([stageOf('api/retire', { command: stop, finishes: true })]))
  const rows = (): readonly (readonly string[])[] =>
    stageRows(drive.state, drive.nowMs).map(({ label, detail }) => [label, detail])
  assert.equal(rows()[0]?.[0], 'stopping')
  const recorded = drive.done('api/retire', 'done', { outputs: { forced: true } })
  assert.deepEqual(rows(), [['stopped', 'it had to be killed']])
  assert.deepEqual(explainStage(drive.state, 'api/retire', drive.nowMs), [
    'api/retire is completed; it had to be killed.',
  ])
  const ready = recorded.flatMap((entry) => sayingOf(entry, drive.state) ?? [])[0]
  assert.deepEqual([ready?.label, ready?.detail], ['stopped', 'in 0 ms  it had to be killed'])
})
