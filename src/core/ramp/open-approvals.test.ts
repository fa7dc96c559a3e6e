import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import {
  commandOf,
  conditionOf,
  planOf,
  probed,
  stageOf,
} from '../../../test/support/plan-words.ts'
import type { Word } from '../entry/entry.ts'
import type { Condition } from '../plan/condition.ts'
import type { ApprovalQuestion } from '../plan/question.ts'
import { digestOf } from '../units/digest.ts'
import { openApprovals } from './open-approvals.ts'

const HOUR_MS = 3_600_000

function driveOf(
  question: Partial<ApprovalQuestion> = {},
  rest: { readonly condition?: Partial<Condition>; readonly more?: readonly Condition[] } = {},
): Drive {
  const asked = { ask: 'approval', from: ['sre'], count: 1, ...question } as const
  const approval = conditionOf('approval', asked, rest.condition)
  const command = commandOf('start')
  const stage = stageOf('db', { gates: [approval, ...(rest.more ?? [])], command })
  return new Drive(planOf([stage]))
}

function approve(
  drive: Drive,
  by: string,
  rest: Partial<Extract<Word, { say: 'approve' }>> = {},
): string | undefined {
  const digest = drive.state.planDigest
  const word = { say: 'approve', stage: 'db', condition: 'approval', digest, as: 'sre' } as const
  const refusal = drive.say({ ...word, ...rest }, by).find(({ type }) => type === 'word.refused')
  return refusal?.type === 'word.refused' ? refusal.reason : undefined
}

test('tells what is waited for, and until when', () => {
  const drive = driveOf({ count: 2 }, { condition: { deadlineMs: HOUR_MS } })
  const [open] = openApprovals(drive.state, drive.nowMs)
  assert.deepEqual([open?.stage, open?.condition, open?.words.length], ['db', 'approval', 0])
  assert.equal(open?.expiresAtMs, drive.nowMs + HOUR_MS)
  approve(drive, 'anna')
  assert.equal(openApprovals(drive.state, drive.nowMs)[0]?.words[0]?.by, 'anna')
  approve(drive, 'bert')
  assert.deepEqual(openApprovals(drive.state, drive.nowMs), [])
  assert.equal(drive.phases(), 'db entered')
})

test('refuses the proposer, by whatever name', () => {
  const drive = driveOf()
  assert.equal(approve(drive, 'proposer'), 'own-proposal')
  assert.equal(approve(drive, 'token:ci', { also: ['proposer'] }), 'own-proposal')
  assert.equal(drive.phases(), 'db gated')
  assert.equal(approve(drive, 'token:ci', { also: ['anna'] }), undefined)
})

test('counts one hand once, by whatever name', () => {
  const drive = driveOf({ count: 2 })
  assert.equal(approve(drive, 'anna'), undefined)
  assert.equal(approve(drive, 'anna'), 'said-already')
  assert.equal(approve(drive, 'token:anna', { also: ['anna'] }), 'said-already')
  assert.equal(drive.phases(), 'db gated')
  assert.equal(approve(drive, 'bert', { also: ['token:bert'] }), undefined)
  assert.equal(drive.phases(), 'db entered')
})

test('refuses what was approved for another plan', () => {
  const drive = driveOf()
  assert.equal(approve(drive, 'anna', { digest: digestOf('older') }), 'other-digest')
})

test('forgets an approval upon which nothing was begun in time', () => {
  const drive = driveOf({ expiresMs: HOUR_MS }, { more: [probed('free')] })
  assert.equal(approve(drive, 'anna'), undefined)
  drive.pass(HOUR_MS)
  drive.answer('db:free', 'passed')
  assert.equal(drive.phases(), 'db gated')
  assert.equal(openApprovals(drive.state, drive.nowMs).length, 1)
  assert.equal(approve(drive, 'anna'), undefined)
  assert.equal(drive.phases(), 'db entered')
})

test('waits for no approval in a ramp that has been given up', () => {
  const drive = driveOf()
  drive.say({ say: 'abort', undo: false, why: '' })
  assert.deepEqual(openApprovals(drive.state, drive.nowMs), [])
})
