/** The daemon's log: every line about a ramp or a stage can be found by their ids. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { conditionOf, planOf, stageOf } from '../../test/support/plan-words.ts'
import { makeServerParts } from '../../test/support/server-parts.ts'
import { SystemClock } from '../clock/system-clock.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { RampState } from '../core/ramp/state.ts'
import { EngineEvents } from '../engine/events.ts'
import type { LogAbout } from '../telemetry/log-about.ts'
import { logEvents, openDaemonLog } from './daemon-log.ts'

interface Line extends LogAbout {
  readonly line: string
}

/** Runs a ramp of a plan to its end. @returns what was logged of it */
async function linesOf(t: TestContext, plan: Plan, level?: string): Promise<readonly Line[]> {
  const { parts } = makeServerParts()
  const { engine } = parts
  t.after(() => engine.close())
  const lines: Line[] = []
  const settings = level === undefined ? {} : { RAMPART_LOG_LEVEL: level }
  const { log } = openDaemonLog(
    {
      ...{ settings, version: '1.2.3' },
      log: (line, about) => void lines.push({ line, ...about }),
    },
    new SystemClock(),
  )
  await engine.start()
  const ended = new Promise<void>((resolve) => engine.events.on('ramp.ended', () => resolve()))
  logEvents(engine, log)
  const run = { directory: '/srv', workspace: '/srv' }
  await engine.open({ plan, settings: { values: {}, secrets: [], run }, by: 'anna' })
  await ended
  return lines
}

const UP = planOf([stageOf('db'), stageOf('api', { needs: ['db'] })])

test('tells how every stage ends by the ids of its ramp and its own', async (t) => {
  const lines = await linesOf(t, UP)
  assert.deepEqual(
    lines.map(({ stage, level }) => [stage, level]),
    [
      [undefined, undefined],
      ['db', undefined],
      ['api', undefined],
      [undefined, undefined],
    ],
  )
  assert.match(lines[1]?.line ?? '', /^\S+ db is ready( after \d+ ms)?\.$/)
  const [ramp] = new Set(lines.map((line) => line.ramp))
  assert.ok(ramp !== undefined && lines.every((line) => line.ramp === ramp))
  assert.ok(lines.every(({ contract }) => contract?.includes('/')))
})

test('tells where stages begin to whoever looks closely, and nothing to whoever wants trouble alone', async (t) => {
  const begun = (await linesOf(t, UP, 'debug')).filter(({ level }) => level === 'debug')
  assert.deepEqual([...new Set(begun.map(({ stage }) => stage))], ['db', 'api'])
  assert.ok(begun.every(({ ramp }) => ramp !== undefined))
  assert.deepEqual(await linesOf(t, UP, 'warn'), [])
})

test('says when the level that is wanted is none, and goes on with the usual one', async (t) => {
  const [said, ...lines] = await linesOf(t, UP, 'loud')
  assert.match(said?.line ?? '', /RAMPART_LOG_LEVEL is loud.*debug, info, warn, error/)
  assert.equal(lines.length, 4)
})

test('warns of a stage that fails, with the condition that it failed by', async (t) => {
  const gates = [conditionOf('go', { ask: 'elapsed', ms: 60_000 }, { deadlineMs: 1 })]
  const lines = await linesOf(t, planOf([stageOf('db', { gates })]))
  const failed = lines.find(({ level }) => level === 'warn')
  assert.ok(failed?.ramp !== undefined)
  assert.equal(failed.stage, 'db')
  assert.equal(failed.condition, 'go')
})

test('says of which contract a ramp is also when it is let go of or its loop has failed', () => {
  const state = { ramp: 'shop-up-000001', plan: UP } as unknown as RampState
  const engine = { events: new EngineEvents(), underWay: () => [state] }
  const lines: Line[] = []
  logEvents(engine, (line, about) => void lines.push({ line, ...about }))
  const { ramp } = state
  const subject = 'environment/shop'
  engine.events.emit('engine.started', { ramps: [ramp] })
  engine.events.emit('ownership.lost', { subject, ramps: [ramp] })
  engine.events.emit('ownership.taken', { subject, ramps: [ramp] })
  engine.events.emit('ledger.retried', { ramp, error: new Error('full'), pauseMs: 1 })
  engine.events.emit('loop.failed', { ramp, error: new Error('bug') })
  assert.equal(lines.length, 5)
  for (const line of lines) assert.deepEqual([line.ramp, line.contract], [ramp, 'Environment/shop'])
})
