/** Who may apply what: by the labels that a contract has and by those that it is given. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SystemClock } from '../../clock/system-clock.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import { mayDo } from '../access/permissions.ts'
import type { Scope } from '../wire/access.ts'
import { type Applicant, applyContracts } from './apply-contracts.ts'
import { ContractStore } from './contract-store.ts'

function documentOf(name: string, team: string, more: JsonObject = {}): JsonObject {
  const components = { api: { run: { command: ['api'] } } }
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name, labels: { team } },
    spec: { components, ...more },
  }
}

/** Somebody who operates within a scope. */
function applicant(by: string, scope: Scope): Applicant {
  const who = { grants: [{ role: 'operator', scope }] } as const
  return {
    by,
    assertMay: (resource) => {
      if (mayDo(who, 'contracts.apply', resource)) return
      const subject = `${resource.kind}/${resource.name}`
      throw new Fault({ code: 'forbidden', operation: 'apply', subject, hint: 'No.' })
    },
    maySee: (resource) => mayDo(who, 'contracts.read', resource),
    isOwner: (owner) => owner === by,
  }
}

function openStore() {
  const store = new ContractStore({ ledger: new MemoryLedger(), clock: new SystemClock() })
  const apply = (by: string, scope: Scope, ...documents: readonly JsonObject[]) =>
    applyContracts({ store, rampsUnderWay: async () => [] }, { documents }, applicant(by, scope))
  return { store, apply }
}

const STORE: Scope = { labels: { team: 'store' } }

test('nobody takes a contract out of the hands of others, or puts one into them', async () => {
  const { store, apply } = openStore()
  await apply('admin', {}, documentOf('pay', 'money'), documentOf('shop', 'store'))
  const forbidden = (error: unknown): boolean => isFault(error, 'forbidden')
  await assert.rejects(apply('bob', STORE, documentOf('pay', 'store')), forbidden)
  await assert.rejects(apply('bob', STORE, documentOf('shop', 'money')), forbidden)
  await assert.rejects(apply('bob', STORE, documentOf('new', 'money')), forbidden)
  // Not even the first of two, when the second may not be applied.
  const changed = documentOf('shop', 'store', { watch: false })
  await assert.rejects(apply('bob', STORE, changed, documentOf('pay', 'store')), forbidden)
  for (const { revisions } of await store.list()) assert.equal(revisions.length, 1)
  await apply('bob', STORE, changed)
  const held = await store.get({ kind: 'Environment', name: 'shop' })
  assert.equal(held?.revisions.at(-1)?.by, 'bob')
})

test('a part that may not be seen is neither found nor told of', async () => {
  const { apply } = openStore()
  const { contracts } = await apply('admin', {}, documentOf('pay', 'money'))
  const use = { contract: '../pay/rampart.yaml', revision: String(contracts[0]?.digest) }
  const whole = documentOf('shop', 'store', { components: { pay: { use } } })
  await assert.rejects(apply('bob', STORE, whole), /was not read; is it there\?/)
  await apply('admin', {}, whole)
  const money: Scope = { labels: { team: 'money' } }
  const amended = await apply('carol', money, documentOf('pay', 'money', { watch: false }))
  assert.deepEqual(amended.contracts[0]?.usedBy, [])
})

test('of two who apply at once with the same expectation one is refused', async () => {
  const { store } = openStore()
  const parts = { store, rampsUnderWay: async () => [] }
  const expects = [{ kind: 'Environment', name: 'shop', digest: null }] as const
  const applied = await Promise.allSettled(
    ['store', 'money'].map((team) =>
      applyContracts(
        parts,
        { documents: [documentOf('shop', team)], expects },
        applicant(team, {}),
      ),
    ),
  )
  assert.deepEqual(applied.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const refused = applied.find((one) => one.status === 'rejected')
  assert.ok(isFault(refused?.reason, 'precondition-failed'))
})
