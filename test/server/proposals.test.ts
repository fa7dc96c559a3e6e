/**
 * Proposals over the network: nobody amends what others own without the word of each of them, by
 * whatever name they come, nor on a word about another revision; and the ledger tells of each answer.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Entry } from '../../src/core/entry/entry.ts'
import type { Digest } from '../../src/core/units/digest.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import type { Grant, TokenReply } from '../../src/server/wire/access.ts'
import type { AppliedContract, ApplyReply } from '../../src/server/wire/contracts.ts'
import type {
  AnsweredProposal,
  ProposalPage,
  ProposalView,
} from '../../src/server/wire/proposals.ts'
import { type NetServer, openNetServer } from '../support/net-server.ts'

const APPROVER: readonly Grant[] = [{ role: 'approver', scope: {} }]
const OPERATOR: readonly Grant[] = [{ role: 'operator', scope: {} }]
const ADMIN: readonly Grant[] = [{ role: 'admin', scope: {} }]
const SHOP = '/v1/contracts/Environment/shop'
const OWNERS = { db: 'token:dora', web: 'token:will' }

/** A contract whose components are owned by name; `command` is what they are run by. */
function shop(command: string, owners: Readonly<Record<string, string>> = OWNERS): JsonObject {
  const components = Object.entries(owners).map(([name, owner]) => [
    name,
    { owner, run: { command: [command] } },
  ])
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'shop' },
    spec: { components: Object.fromEntries(components) },
  }
}

interface Trial {
  readonly server: NetServer
  /** Secrets of everybody's tokens. */
  readonly anna: string
  readonly dora: string
  readonly will: string
}

/** A held contract of two owners, and an operator who owns nothing of it. */
async function openTrial(t: TestContext): Promise<Trial> {
  const server = await openNetServer(t)
  const secretOf = async (name: string, grants: readonly Grant[]): Promise<string> =>
    (await server.tokenFor(name, grants)).secret
  const trial = {
    server,
    anna: await secretOf('anna', OPERATOR),
    dora: await secretOf('dora', APPROVER),
    will: await secretOf('will', APPROVER),
  }
  assert.equal((await apply(trial, trial.anna, shop('old'))).outcome, 'created')
  return trial
}

async function apply(
  { server }: Trial,
  token: string,
  document: JsonObject,
): Promise<AppliedContract> {
  const body = { documents: [document], by: 'dora', as: Object.values(OWNERS) }
  const { status, body: reply } = await server.ask('/v1/apply', { method: 'POST', token, body })
  assert.equal(status, 200, JSON.stringify(reply))
  return (reply as ApplyReply).contracts[0] as AppliedContract
}

async function propose(trial: Trial, token: string, document: JsonObject): Promise<Digest> {
  const { outcome, proposal } = await apply(trial, token, document)
  assert.equal(outcome, 'proposed')
  return proposal as Digest
}

async function answer(
  { server }: Trial,
  token: string,
  proposal: Digest,
  say: 'approve' | 'reject' = 'approve',
): Promise<AnsweredProposal> {
  const body = { say, by: 'somebody else', as: Object.values(OWNERS) }
  const asked = { method: 'POST', token, body }
  const reply = await server.ask(`${SHOP}/proposals/${proposal}/answers`, asked)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body as AnsweredProposal
}

async function proposals(
  { server }: Pick<Trial, 'server'>,
  token: string,
  path = '/v1/proposals',
): Promise<readonly ProposalView[]> {
  return ((await server.ask(path, { token })).body as ProposalPage).proposals
}

async function heldCommand({ server, dora }: Trial): Promise<string> {
  return JSON.stringify((await server.ask(SHOP, { token: dora })).body)
}

async function entries({ server }: Trial): Promise<readonly Entry[]> {
  const found: Entry[] = []
  const { ledger } = server.parts
  for await (const { entry } of ledger.read('contract:Environment/shop')) found.push(entry)
  return found
}

async function told(trial: Trial): Promise<readonly string[]> {
  return (await entries(trial)).map((entry) => {
    if (entry.type === 'contract.refused') return `refused ${entry.by}: ${entry.reason}`
    if (entry.type === 'contract.withdrawn') return `withdrawn: ${entry.reason}`
    const by = 'by' in entry ? ` ${entry.by}` : ''
    return `${entry.type.replace('contract.', '')}${by}`
  })
}

test('waits for the word of both owners, and tells of each in the ledger', async (t) => {
  const trial = await openTrial(t)
  const { anna, dora, will } = trial
  const proposal = await propose(trial, anna, shop('new'))
  const [toDora] = await proposals(trial, dora)
  assert.deepEqual(
    [toDora?.proposal, toDora?.mayApprove, toDora?.by],
    [proposal, true, 'token:anna'],
  )
  const first = await answer(trial, dora, proposal)
  assert.deepEqual([first.refusal, first.proposal.status], [undefined, 'open'])
  assert.match(await heldCommand(trial), /"old"/)
  assert.equal((await answer(trial, dora, proposal)).refusal?.reason, 'said-already')
  const second = await answer(trial, will, proposal)
  assert.deepEqual([second.refusal, second.proposal.status], [undefined, 'amended'])
  assert.match(await heldCommand(trial), /"new"/)
  assert.equal((await answer(trial, will, proposal)).refusal?.reason, 'proposal-ended')
  assert.deepEqual(await told(trial), [
    'amended token:anna',
    'proposed token:anna',
    ...['answered token:dora', 'counted token:dora'],
    ...['answered token:dora', 'refused token:dora: said-already'],
    ...['answered token:will', 'counted token:will', 'amended token:anna'],
    ...['answered token:will', 'refused token:will: proposal-ended'],
  ])
  const last = (await entries(trial)).filter(({ type }) => type === 'contract.amended').at(-1)
  assert.ok(last?.type === 'contract.amended' && last.proposal === proposal)
  assert.deepEqual(
    last.approvals?.map(({ by, as }) => [by, as]),
    [
      ['token:dora', ['token:dora']],
      ['token:will', ['token:will']],
    ],
  )
})

test('takes a word only of the proposal as it was seen, and records nothing of any other', async (t) => {
  const trial = await openTrial(t)
  const { server, anna, dora, will } = trial
  const proposal = await propose(trial, anna, shop('new'))
  const path = `${SHOP}/proposals/${proposal}`
  const { headers } = await server.ask(path, { token: will })
  const [seen] = await proposals(trial, will)
  assert.equal(seen?.etag, headers['etag'])
  assert.equal((await answer(trial, dora, proposal)).refusal, undefined)
  const say = (etag: string): ReturnType<typeof server.ask> =>
    server.ask(`${path}/answers`, {
      ...{ method: 'POST', token: will, body: { say: 'approve' } },
      headers: { 'if-match': etag },
    })
  const before = (await entries(trial)).length
  const late = await say(seen?.etag ?? '')
  assert.equal(late.status, 412)
  const now = String((await server.ask(path, { token: will })).headers['etag'])
  assert.ok((late.body as { readonly detail: string }).detail.includes(now))
  assert.equal((await entries(trial)).length, before)
  assert.equal((await say(now)).status, 200)
})

test('takes no approval of the proposer, nor of a token that the proposer made', async (t) => {
  const trial = await openTrial(t)
  const { server } = trial
  const boss = await server.tokenFor('boss', ADMIN)
  const body = { name: 'puppet', grants: APPROVER, lifetimeMs: 60_000 }
  const made = await server.ask('/v1/tokens', { method: 'POST', token: boss.secret, body })
  const puppet = (made.body as TokenReply).secret
  // The puppet becomes an owner, so that only whose hand it is can speak against it.
  const mixed = { db: 'token:puppet', web: 'token:will', top: 'token:boss' }
  const begun = await propose(trial, boss.secret, shop('old', mixed))
  await answer(trial, trial.dora, begun)
  assert.equal((await answer(trial, puppet, begun)).refusal?.reason, 'own-proposal')
  assert.equal((await answer(trial, boss.secret, begun)).refusal?.reason, 'own-proposal')
  const theirs = await propose(trial, puppet, shop('new'))
  assert.equal((await answer(trial, puppet, theirs)).refusal?.reason, 'own-proposal')
  assert.equal((await answer(trial, boss.secret, theirs)).refusal?.reason, 'own-proposal')
  assert.equal((await proposals(trial, puppet))[0]?.mayApprove, false)
  const refused = (await told(trial)).filter((line) => line.startsWith('refused'))
  assert.deepEqual(refused, [
    ...['refused token:puppet: own-proposal', 'refused token:boss: own-proposal'],
    ...['refused token:puppet: own-proposal', 'refused token:boss: own-proposal'],
  ])
})

test('takes the word of nobody who is no owner, nor of an owner who may not approve', async (t) => {
  const trial = await openTrial(t)
  const { server, anna } = trial
  const proposal = await propose(trial, anna, shop('new'))
  const eve = await server.tokenFor('eve', APPROVER)
  assert.equal((await answer(trial, eve.secret, proposal)).refusal?.reason, 'not-entitled')
  assert.equal(
    (await answer(trial, eve.secret, proposal, 'reject')).refusal?.reason,
    'not-entitled',
  )
  const olga = await server.tokenFor('olga', OPERATOR)
  const path = `${SHOP}/proposals/${proposal}/answers`
  const asked = { method: 'POST', token: olga.secret, body: { say: 'approve' } }
  assert.equal((await server.ask(path, asked)).status, 403)
  assert.equal((await proposals(trial, anna))[0]?.status, 'open')
  const answered = (await told(trial)).filter((line) => line.startsWith('answered'))
  assert.deepEqual(answered, ['answered token:eve', 'answered token:eve'])
})

test('a newer proposal supersedes the older, and a word about that counts for nothing', async (t) => {
  const trial = await openTrial(t)
  const { server, anna, dora, will } = trial
  const older = await propose(trial, anna, shop('new'))
  assert.equal((await answer(trial, dora, older)).refusal, undefined)
  assert.equal(await propose(trial, anna, shop('new')), older, 'asking again waits on')
  const newer = await propose(trial, anna, shop('evil'))
  assert.notEqual(newer, older)
  const late = await answer(trial, will, older)
  assert.deepEqual([late.refusal?.reason, late.proposal.status], ['proposal-ended', 'superseded'])
  assert.equal((await answer(trial, will, newer)).proposal.status, 'open', "dora's word is gone")
  const unknown = `sha256:${'0'.repeat(64)}`
  const asked = { method: 'POST', token: will, body: { say: 'approve' } }
  assert.equal((await server.ask(`${SHOP}/proposals/${unknown}/answers`, asked)).status, 404)
  assert.match(await heldCommand(trial), /"old"/)
  const path = `${SHOP}/proposals`
  assert.deepEqual(
    (await proposals(trial, dora, path)).map(({ proposal, status }) => [proposal, status]),
    [
      [newer, 'open'],
      [older, 'superseded'],
    ],
  )
})

test('one owner rejects, the proposer takes back, and what is proposed to oneself is amended', async (t) => {
  const trial = await openTrial(t)
  const { anna, dora, will } = trial
  const first = await propose(trial, anna, shop('new'))
  assert.equal((await answer(trial, dora, first)).refusal, undefined)
  assert.equal((await answer(trial, will, first, 'reject')).proposal.status, 'rejected')
  assert.equal((await answer(trial, will, first)).refusal?.reason, 'proposal-ended')
  const second = await propose(trial, anna, shop('new'))
  assert.notEqual(second, first)
  assert.equal((await answer(trial, anna, second, 'reject')).proposal.status, 'withdrawn')
  const third = await propose(trial, dora, shop('new'))
  assert.equal((await answer(trial, will, third)).proposal.status, 'amended')
  assert.match(await heldCommand(trial), /"new"/)
  assert.deepEqual(
    (await told(trial)).filter((line) => line.startsWith('withdrawn')),
    ['withdrawn: rejected', 'withdrawn: withdrawn'],
  )
})

test('the same revision by two hands at once is amended only once', async (t) => {
  const trial = await openTrial(t)
  const { anna, dora, will } = trial
  const proposal = await propose(trial, anna, shop('new'))
  const both = await Promise.all([answer(trial, dora, proposal), answer(trial, will, proposal)])
  assert.deepEqual(
    both.map(({ refusal }) => refusal),
    [undefined, undefined],
  )
  const amended = (await told(trial)).filter((line) => line.startsWith('amended'))
  assert.equal(amended.length, 2, 'created, and amended once')
})

test('what waits is the same after a restart, words and all', async (t) => {
  const trial = await openTrial(t)
  const { anna, dora, will, server } = trial
  const proposal = await propose(trial, anna, shop('new'))
  assert.equal((await answer(trial, dora, proposal)).refusal, undefined)
  const [before] = await proposals(trial, will)
  const { ledger, records } = server.parts
  const again = await openNetServer(t, { ledger, records })
  const [after] = await proposals({ server: again }, will)
  assert.deepEqual(after, before)
  assert.deepEqual(
    after?.words.map(({ by }) => by),
    ['token:dora'],
  )
  const reply = await answer({ ...trial, server: again }, will, proposal)
  assert.equal(reply.proposal.status, 'amended')
  assert.match(await heldCommand({ ...trial, server: again }), /"new"/)
})
