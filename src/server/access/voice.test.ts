import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { conditionOf, planOf, stageOf } from '../../../test/support/plan-words.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { Word } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import type { Grant } from '../wire/access.ts'
import { AccessAudit } from './audit.ts'
import { fullName, isSameHand } from './hands.ts'
import { type Identity, localIdentity } from './identity.ts'
import { TokenStore } from './token-store.ts'
import { namesOf, standingFor, voiceWord } from './voice.ts'

const SHOP = { kind: 'Environment', name: 'shop' }
const ROOT = localIdentity('root')

function personOf(name: string, role: Grant['role'], groups: readonly string[] = []): Identity {
  const grants = [{ role, scope: {} }]
  return { name: `oidc:${name}`, kind: 'person', grants, behind: [], groups, by: 'session' }
}

test('stands for what is asked for, by role, group or name, and for nothing else', () => {
  const anna = personOf('anna@example.org', 'approver', ['platform', 'admin'])
  for (const [from, as] of [
    [['approver'], 'approver'],
    [['operator'], 'operator'],
    [['platform'], 'platform'],
    [['oidc:anna@example.org'], 'oidc:anna@example.org'],
    [['sre', 'platform'], 'platform'],
    // A group of the provider that is called like a role gives no role.
    [['admin'], 'approver'],
    [['anna@example.org'], 'approver'],
    [['sre'], 'approver'],
  ] as const) {
    assert.equal(standingFor(anna, SHOP, { from }), as, from.join())
  }
})

test('is called by name, groups and roles where rules name people, and by no role that is only a name', () => {
  const anna = personOf('anna@example.org', 'approver', ['platform', 'admin'])
  const named = ['oidc:anna@example.org', 'platform', 'approver', 'operator', 'viewer']
  assert.deepEqual(namesOf(anna, SHOP, anna.name), named)
  const local = ['local:ann', 'ann', 'admin', 'approver', 'operator', 'viewer']
  assert.deepEqual(namesOf(ROOT, SHOP, 'ann'), local)
  const elsewhere = { ...anna, groups: [], grants: [] }
  assert.deepEqual(namesOf(elsewhere, SHOP, anna.name), ['oidc:anna@example.org'])
})

test('takes two names for one hand when one could speak for the other', () => {
  const anna = { name: 'oidc:anna', behind: [] }
  const hers = { name: 'token:a', behind: ['oidc:anna'] }
  const hersToo = { name: 'token:b', behind: ['oidc:anna'] }
  const berts = { name: 'token:c', behind: ['oidc:bert'] }
  const first = { name: 'token:d', behind: ['local:root'] }
  const second = { name: 'token:e', behind: ['local:root'] }
  for (const [one, other, isOne] of [
    [anna, anna, true],
    [anna, hers, true],
    [hers, hersToo, true],
    [anna, berts, false],
    [hers, berts, false],
    // Whoever owns the machine gives out everybody's first token.
    [first, second, false],
    [first, { name: 'root', behind: [] }, true],
  ] as const) {
    assert.equal(isSameHand(one, other), isOne, `${one.name} ${other.name}`)
    assert.equal(isSameHand(other, one), isOne, `${other.name} ${one.name}`)
  }
  assert.equal(fullName('root'), 'local:root')
})

interface Trial {
  readonly tokens: TokenStore
  readonly drive: Drive
  approve(
    identity: Identity,
    rest?: Partial<Word>,
  ): Promise<{ readonly by: string; readonly word: Word }>
}

function openTrial(from: readonly string[]): Trial {
  const clock = new SystemClock()
  const audit = new AccessAudit({ ledger: new MemoryLedger(), clock })
  const tokens = new TokenStore({ records: new MemoryRecords(clock), clock, audit })
  const gate = conditionOf('go', { ask: 'approval', from, count: 1 })
  const drive = new Drive(planOf([stageOf('db', { gates: [gate] })]))
  const digest = drive.state.planDigest
  const word = { say: 'approve', stage: 'db', condition: 'go', digest, as: 'whatever' } as const
  return {
    tokens,
    drive,
    approve: (identity) =>
      voiceWord(tokens, identity, { state: drive.state, resource: SHOP, by: 'claimed', word }),
  }
}

test('says it by the name that was proved, whatever was claimed', async () => {
  const { approve } = openTrial(['platform'])
  const { by, word } = await approve(personOf('anna', 'approver', ['platform']))
  assert.equal(by, 'oidc:anna')
  assert.equal(word.say === 'approve' && word.as, 'platform')
  const local = await approve(ROOT)
  assert.equal(local.by, 'claimed')
  assert.equal(local.word.say === 'approve' && local.word.as, 'whatever')
})

test('names whoever made a token along with it, and the tokens somebody made', async () => {
  const { approve, tokens } = openTrial(['approver'])
  const anna = personOf('anna', 'admin')
  const grants = [{ role: 'approver', scope: {} }] as const
  await tokens.create(anna, { name: 'deploy', grants, lifetimeMs: 60_000 })
  const { word } = await approve(anna)
  assert.deepEqual(word.say === 'approve' && word.also, ['token:deploy'])
  const { behind } = await tokens.handOf('token:deploy')
  assert.deepEqual(behind, ['oidc:anna'])
  const machine = { ...personOf('x', 'approver'), name: 'token:deploy', behind }
  const said = await approve(machine)
  assert.deepEqual(said.word.say === 'approve' && said.word.also, ['oidc:anna'])
})

test('lets nobody answer who is no approver there', async () => {
  const { approve } = openTrial(['platform'])
  const operator = personOf('bert', 'operator', ['platform'])
  const fault = await approve(operator).catch((error: unknown) => error)
  assert.ok(isFault(fault, 'forbidden'))
})
