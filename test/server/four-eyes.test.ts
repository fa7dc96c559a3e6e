/**
 * Four eyes, over the network: no ramp that asks for approval moves on the word of whoever proposed it,
 * by whatever name they come, nor on an approval of another plan; and the ledger tells of each attempt.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Entry } from '../../src/core/entry/entry.ts'
import type { Digest } from '../../src/core/units/digest.ts'
import type { Grant, TokenReply } from '../../src/server/wire/access.ts'
import type { ApprovalPage, ApprovalView } from '../../src/server/wire/approvals.ts'
import type { SayReply } from '../../src/server/wire.ts'
import { type NetServer, openNetServer } from '../support/net-server.ts'
import { conditionOf, planOf, stageOf } from '../support/plan-words.ts'

const EVERYWHERE = {}
const APPROVER: readonly Grant[] = [{ role: 'approver', scope: EVERYWHERE }]
const ADMIN: readonly Grant[] = [{ role: 'admin', scope: EVERYWHERE }]

interface Trial {
  readonly server: NetServer
  readonly ramp: string
}

interface Question {
  readonly from: readonly string[]
  readonly count: number
}

/** A ramp that `by` proposed, and that waits for people. */
async function openTrial(
  t: TestContext,
  by: string,
  question: Partial<Question> = {},
): Promise<Trial> {
  const server = await openNetServer(t)
  const ramp = await propose(server, by, question)
  return { server, ramp }
}

async function propose(
  { parts: { engine } }: NetServer,
  by: string,
  { from = ['approver'], count = 1 }: Partial<Question> = {},
  name = 'shop',
): Promise<string> {
  const gate = conditionOf('go', { ask: 'approval', from, count })
  const plan = planOf([stageOf('db', { gates: [gate] })], { name })
  const run = { directory: '/srv', workspace: '/srv' }
  return await engine.open({ plan, settings: { values: {}, secrets: [], run }, by })
}

async function waiting({ server }: Trial, token: string): Promise<ApprovalView | undefined> {
  const { body } = await server.ask('/v1/approvals', { token })
  return (body as ApprovalPage).approvals[0]
}

async function answer(
  { server, ramp }: Trial,
  token: string,
  digest: Digest,
  say: 'approve' | 'reject' = 'approve',
): Promise<SayReply> {
  const word = { say, stage: 'db', condition: 'go', digest, as: 'approver' }
  const body = { by: 'somebody else', word }
  const asked = { method: 'POST', token, body }
  const { status, body: reply } = await server.ask(`/v1/ramps/${ramp}/words`, asked)
  assert.equal(status, 200, JSON.stringify(reply))
  return reply as SayReply
}

async function entries({ server, ramp }: Trial): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for await (const { entry } of server.parts.ledger.read(ramp)) found.push(entry)
  return found
}

async function refusals(trial: Trial): Promise<readonly (readonly [string, string])[]> {
  const found = await entries(trial)
  return found.flatMap((entry) =>
    entry.type === 'word.refused' ? [[entry.by, entry.reason] as const] : [],
  )
}

test('refuses the approval of the proposer and of an older plan, and keeps both in the ledger', async (t) => {
  const trial = await openTrial(t, 'token:anna')
  const { server } = trial
  const anna = await server.tokenFor('anna', APPROVER)
  const bert = await server.tokenFor('bert', APPROVER)
  const toAnna = await waiting(trial, anna.secret)
  assert.equal(toAnna?.mayApprove, false)
  assert.match(toAnna?.whyNot ?? '', /token:anna proposed it/)
  const { digest } = toAnna as ApprovalView
  assert.equal((await answer(trial, anna.secret, digest)).refusal?.reason, 'own-proposal')
  const toBert = await waiting(trial, bert.secret)
  assert.deepEqual([toBert?.mayApprove, toBert?.proposedBy], [true, 'token:anna'])
  const older = `sha256:${'0'.repeat(64)}` as const
  assert.equal((await answer(trial, bert.secret, older)).refusal?.reason, 'other-digest')
  assert.deepEqual(await refusals(trial), [
    ['token:anna', 'own-proposal'],
    ['token:bert', 'other-digest'],
  ])
  const counted = await answer(trial, bert.secret, digest)
  assert.equal(counted.refusal, undefined)
  assert.equal((await trial.server.parts.engine.state(trial.ramp))?.ended?.outcome, 'reached')
  assert.equal(await waiting(trial, bert.secret), undefined)
})

test('refuses the proposer behind a token of their own, and tokens that one hand made', async (t) => {
  const trial = await openTrial(t, 'token:boss')
  const { server } = trial
  const boss = await server.tokenFor('boss', ADMIN)
  const made = async (name: string): Promise<string> => {
    const body = { name, grants: APPROVER, lifetimeMs: 60_000 }
    const reply = await server.ask('/v1/tokens', { method: 'POST', token: boss.secret, body })
    return (reply.body as TokenReply).secret
  }
  const [puppet, other] = [await made('puppet'), await made('other')]
  const digest = (await waiting(trial, puppet))?.digest as Digest
  assert.equal((await answer(trial, puppet, digest)).refusal?.reason, 'own-proposal')
  const second = { server, ramp: await propose(server, 'token:puppet', {}, 'pay') }
  const hers = (await server.parts.engine.state(second.ramp))?.planDigest as Digest
  for (const secret of [other, boss.secret]) {
    assert.equal((await answer(second, secret, hers)).refusal?.reason, 'own-proposal')
  }
  assert.equal((await refusals(second)).length, 2)
})

test('counts two tokens of one hand once', async (t) => {
  const trial = await openTrial(t, 'token:carl', { count: 2 })
  const { server } = trial
  const boss = await server.tokenFor('boss', ADMIN)
  const body = { name: 'puppet', grants: APPROVER, lifetimeMs: 60_000 }
  const made = await server.ask('/v1/tokens', { method: 'POST', token: boss.secret, body })
  const digest = (await waiting(trial, boss.secret))?.digest as Digest
  const puppet = (made.body as TokenReply).secret
  const both = [answer(trial, boss.secret, digest), answer(trial, puppet, digest)]
  const reasons = (await Promise.all(both)).map(({ refusal }) => refusal?.reason)
  assert.deepEqual(
    reasons.filter((reason) => reason !== undefined),
    ['said-already'],
  )
  const dora = await server.tokenFor('dora', APPROVER)
  assert.equal((await answer(trial, dora.secret, digest)).refusal, undefined)
})

test('takes what one is for what is asked, never what one says', async (t) => {
  const trial = await openTrial(t, 'token:anna', { from: ['admin'] })
  const { server } = trial
  const bert = await server.tokenFor('bert', APPROVER)
  const found = await waiting(trial, bert.secret)
  assert.equal(found?.mayApprove, false)
  const reply = await answer(trial, bert.secret, found?.digest as Digest)
  assert.equal(reply.refusal?.reason, 'not-entitled')
  const operator = await server.tokenFor('olga', [{ role: 'operator', scope: EVERYWHERE }])
  const word = { say: 'approve', stage: 'db', condition: 'go', digest: found?.digest, as: 'admin' }
  const asked = { method: 'POST', token: operator.secret, body: { by: 'admin', word } }
  assert.equal((await server.ask(`/v1/ramps/${trial.ramp}/words`, asked)).status, 403)
  const spoken = (await entries(trial)).filter(({ type }) => type === 'word.spoken')
  assert.equal(spoken.length, 1)
})

test('takes no word of who else speaks from a request', async (t) => {
  const trial = await openTrial(t, 'token:anna')
  const bert = await trial.server.tokenFor('bert', APPROVER)
  const digest = (await waiting(trial, bert.secret))?.digest
  const word = { say: 'approve', stage: 'db', condition: 'go', digest, as: 'x', also: [] }
  const asked = { method: 'POST', token: bert.secret, body: { by: 'x', word } }
  assert.equal((await trial.server.ask(`/v1/ramps/${trial.ramp}/words`, asked)).status, 400)
})

test('shows an approval to nobody who may not see its contract', async (t) => {
  const trial = await openTrial(t, 'token:anna')
  const scope = { contracts: ['Environment/pay'] }
  const bert = await trial.server.tokenFor('bert', [{ role: 'approver', scope }])
  assert.equal(await waiting(trial, bert.secret), undefined)
})

test('a contract asks for it by a gate, and is begun only once somebody else has said so', async (t) => {
  const server = await openNetServer(t)
  const { secret: proposer } = await server.tokenFor('proposer', ADMIN)
  const { secret: other } = await server.tokenFor('other', APPROVER)
  const component = { gates: [{ approval: { from: 'approver' } }], run: { command: ['node'] } }
  const contract = {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'gated' },
    spec: { components: { db: component }, watch: false },
  }
  const body = { contract, directory: '/srv', goal: 'up', settings: {}, by: 'x' }
  const opened = await server.ask('/v1/ramps', { method: 'POST', token: proposer, body })
  assert.equal(opened.status, 201, JSON.stringify(opened.body))
  const { ramp } = opened.body as { readonly ramp: string }
  const trial = { server, ramp }
  const question = await waiting(trial, other)
  assert.equal(question?.condition, 'approval')
  const said = async (token: string): Promise<SayReply> => {
    const word = {
      say: 'approve',
      stage: 'db',
      condition: 'approval',
      digest: question?.digest,
      as: 'approver',
    }
    const asked = { method: 'POST', token, body: { by: 'x', word } }
    return (await server.ask(`/v1/ramps/${ramp}/words`, asked)).body as SayReply
  }
  assert.equal((await said(proposer)).refusal?.reason, 'own-proposal')
  assert.deepEqual(server.world.orders, [])
  assert.equal((await said(other)).refusal, undefined)
  while (!(await entries(trial)).some(({ type }) => type === 'ramp.ended')) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.equal(server.world.orders.length, 1)
})
