import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOfText } from '../../core/units/digest.ts'
import type { RampSummary } from '../../server/wire.ts'
import { sortOut } from './sort-out.ts'

const HOUR_MS = 3_600_000
const nowMs = 100 * HOUR_MS
const contract = { kind: 'Environment', name: 'shop', digest: digestOfText('shop') }

function ramp(name: string, rest: Partial<RampSummary>): RampSummary {
  const plain = {
    contract,
    goal: 'up',
    phase: 'moving',
    by: 'me',
    openedAtMs: 0,
    latestMs: 0,
  } as const
  return { ...plain, ramp: name, ...rest }
}

test('sorts ramps into what moves, what is stuck and what broke lately', () => {
  const picture = sortOut({
    nowMs,
    environments: [],
    ramps: [
      ramp('moving', {}),
      ramp('undoing', { phase: 'undoing' }),
      ramp('held', { phase: 'held' }),
      ramp('watching', { phase: 'watching', goal: 'watch' }),
      ramp('broke', { phase: 'ended', outcome: 'undone', endedAtMs: nowMs - HOUR_MS }),
      ramp('long ago', { phase: 'ended', outcome: 'undone', endedAtMs: nowMs - 25 * HOUR_MS }),
      ramp('watched', { phase: 'ended', goal: 'watch', outcome: 'abandoned', endedAtMs: nowMs }),
      ramp('good', { phase: 'ended', outcome: 'reached', endedAtMs: nowMs }),
    ],
  })
  const names = (ramps: readonly RampSummary[]) => ramps.map((one) => one.ramp)
  assert.deepEqual(names(picture.moving), ['moving', 'undoing'])
  assert.deepEqual(names(picture.stuck), ['held'])
  assert.deepEqual(names(picture.broke), ['broke'])
  assert.equal(picture.isEmpty, false)
})

test('lists what watches and breaks its promise by contract, and no ramp twice', () => {
  const last = ramp('last', { phase: 'ended', outcome: 'reached', endedAtMs: 0 })
  const broken = [{ stage: 'db', condition: 'answers', reason: 'gone', sentence: 'It is gone.' }]
  const watch = { ramp: 'watch', phase: 'watching', sinceMs: 0, broken } as const
  const picture = sortOut({
    nowMs,
    environments: [
      { kind: 'Environment', contract: 'shop', lastRamp: last, watch, components: [] },
    ],
    ramps: [last],
  })
  assert.deepEqual(picture.watching, [watch])
  assert.deepEqual(picture.promises, [{ ...broken[0], contract: 'shop', ramp: 'watch' }])
  assert.equal(sortOut({ nowMs, environments: [], ramps: [] }).isEmpty, true)
})
