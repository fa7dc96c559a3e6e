import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseContracts, planContract } from '../../contracts/index.ts'
import { present } from '../../core/fault/assert.ts'
import { openState } from '../../core/ramp/apply.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { digestOf } from '../../core/units/digest.ts'
import { junitOf } from './junit.ts'
import { mermaidOf } from './mermaid.ts'

const path = join(import.meta.dirname, '../../contracts/environment/fixtures/shop.yaml')
const { contracts } = parseContracts([{ path, text: readFileSync(path, 'utf8') }])
const plan = planContract(present(contracts[0], 'the shop parses'), { goal: 'up' })

function opened(): RampState {
  return openState({
    type: 'ramp.opened',
    ramp: 'shop-up-1',
    plan,
    planDigest: digestOf(plan),
    flags: [],
    by: 'tester',
    atMs: 1_000,
  } as unknown as Parameters<typeof openState>[0])
}

test('a plan is drawn with every stage and every need', () => {
  const text = mermaidOf(plan)
  assert.match(text, /^flowchart LR\n/)
  for (const stage of plan.stages) assert.ok(text.includes(`"${stage.name}`), stage.name)
  assert.equal(text.match(/-->/g)?.length, plan.stages.flatMap((stage) => stage.needs).length)
})

test('a ramp is reported stage by stage, its cause escaped', () => {
  const state = opened()
  const cause = { reason: 'deadline', sentence: 'a < b & "c"\u0000', stage: 'db' }
  const [db, ...rest] = state.stages
  assert.ok(db !== undefined)
  const failed = { ...db, phase: 'failed' as const, cause }
  const text = junitOf({
    ...state,
    stages: [failed, ...rest],
    ended: { outcome: 'undone', cause: { ...cause, stage: failed.name }, atMs: 2_000 },
  })
  assert.match(text, /<failure type="deadline" message="a &lt; b &amp; &quot;c&quot;">/)
  assert.match(text, new RegExp(`failures="1" skipped="${rest.length}"`))
  assert.equal(text.match(/<testcase /g)?.length, state.stages.length)
})
