/** Held contracts over HTTP: applied all or none, compared, planned and ramped by name. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openServer } from '../../../test/support/small-server.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import type { ApplyReply, ComparisonView, ContractPage, RevisionPage } from '../wire/contracts.ts'
import { ContractStore } from './contract-store.ts'

function documentOf(name: string, spec: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  const components = { api: { run: { command: ['node', 'api.js'] } } }
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name, labels },
    spec: { components, ...spec },
  }
}

const CHANGED = { components: { api: { run: { command: ['node', 'new.js'] } } } }

test('says what would change before it does, and keeps every revision', async (t) => {
  const { send } = await openServer(t)
  const apply = (document: JsonObject, more: JsonObject = {}) =>
    send<ApplyReply>('POST', '/v1/apply', { documents: [document], by: 'anna', ...more })
  const dry = await apply(documentOf('shop'), { dryRun: true })
  assert.deepEqual(
    dry.body.contracts.map(({ outcome }) => outcome),
    ['created'],
  )
  assert.deepEqual((await send<ContractPage>('GET', '/v1/contracts')).body.contracts, [])

  await apply(documentOf('shop'), { why: 'begin' })
  const again = await apply(documentOf('shop'))
  assert.equal(again.body.contracts[0]?.outcome, 'unchanged')
  const amended = await apply(documentOf('shop', CHANGED))
  assert.equal(amended.body.contracts[0]?.outcome, 'amended')
  assert.deepEqual(amended.body.contracts[0]?.consequences, [
    'api: is run with command ["node","new.js"] instead of ["node","api.js"].',
  ])

  const { body } = await send<RevisionPage>('GET', '/v1/contracts/Environment/shop/revisions')
  assert.deepEqual(
    body.revisions.map(({ number, by, why }) => [number, by, why]),
    [
      [2, 'anna', undefined],
      [1, 'anna', 'begin'],
    ],
  )
  const first = body.revisions[1]?.digest
  const path = `/v1/contracts/Environment/shop/compare?from=${first}`
  const compared = await send<ComparisonView>('GET', path)
  assert.deepEqual(compared.body.changes, [
    {
      path: 'spec.components.api.run.command',
      change: 'changed',
      before: '["node","api.js"]',
      after: '["node","new.js"]',
    },
  ])
})

test('applies nothing when one document is wrong, and points at the line', async (t) => {
  const { send } = await openServer(t)
  const text =
    'apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: x }\nspec: { wrong: 1 }\n'
  const body = { documents: [documentOf('good')], sources: [{ path: 'bad.yaml', text }] }
  const dry = await send<ApplyReply>('POST', '/v1/apply', { ...body, dryRun: true })
  assert.equal(dry.status, 200)
  assert.deepEqual(dry.body.issues?.map(({ file, line }) => [file, line])[0], ['bad.yaml', 4])
  const refused = await send<JsonObject>('POST', '/v1/apply', body)
  assert.equal(refused.status, 422)
  assert.match(String(refused.body['detail']), /bad\.yaml:4:/)
  assert.deepEqual((await send<ContractPage>('GET', '/v1/contracts')).body.contracts, [])
})

test('refuses a secret in a document', async (t) => {
  const { send } = await openServer(t)
  const settings = { key: { from: 'KEY', default: 'planted-secret', secret: true } }
  const refused = await send('POST', '/v1/apply', { documents: [documentOf('shop', { settings })] })
  assert.equal(refused.status, 422)
  assert.ok(!JSON.stringify(refused.body).includes('planted-secret'))
})

test('refuses to replace what somebody amended meanwhile', async (t) => {
  const { send } = await openServer(t)
  const apply = (document: JsonObject, headers: Record<string, string>) =>
    send<ApplyReply>('POST', '/v1/apply', { documents: [document] }, headers)
  const { etag } = (await apply(documentOf('shop'), {})).headers
  assert.equal((await apply(documentOf('shop', CHANGED), { 'if-match': String(etag) })).status, 200)
  const late = await apply(documentOf('shop', { watch: false }), { 'if-match': String(etag) })
  assert.equal(late.status, 412)
  const expects = [{ kind: 'Environment', name: 'shop', digest: null }]
  const body = { documents: [documentOf('shop')], expects }
  assert.equal((await send('POST', '/v1/apply', body)).status, 412)
})

test('lists by kind, label and owner, page by page', async (t) => {
  const { send } = await openServer(t)
  const owned = { components: { api: { owner: 'money', run: { command: ['a'] } } } }
  const emptied = { http: 'http://localhost/queue', owner: 'queues' }
  const drained = {
    components: { api: { run: { command: ['a'] }, drain: { until: [emptied] } } },
  }
  const documents = [
    documentOf('a', {}, { team: 'store' }),
    documentOf('b', owned, { team: 'pay' }),
    documentOf('c', drained),
  ]
  await send('POST', '/v1/apply', { documents })
  const names = async (query: string): Promise<readonly string[]> => {
    const { body } = await send<ContractPage>('GET', `/v1/contracts?${query}`)
    return body.contracts.map(({ name }) => name)
  }
  assert.deepEqual(await names('label=team'), ['a', 'b'])
  assert.deepEqual(await names('label=team=pay'), ['b'])
  assert.deepEqual(await names('owner=money'), ['b'])
  assert.deepEqual(await names('owner=queues'), ['c'])
  assert.deepEqual(await names('kind=Rollout'), [])
  assert.deepEqual(await names('limit=2'), ['a', 'b'])
  assert.deepEqual(await names('limit=2&cursor=Environment/b'), ['c'])
})

test('plans and opens a held contract by name, and says what cannot run without its folder', async (t) => {
  const { send, world } = await openServer(t)
  world.running = 'failed'
  await send('POST', '/v1/apply', { documents: [documentOf('shop')] })
  const planned = await send<JsonObject>('POST', '/v1/contracts/Environment/shop/plan', {
    goal: 'up',
  })
  assert.match(String(planned.body['digest']), /^sha256:/)
  const contract = { kind: 'Environment', name: 'shop' }
  const opening = { contract, goal: 'up', settings: {}, by: 'anna' }
  const refused = await send<JsonObject>('POST', '/v1/ramps', opening)
  assert.equal(refused.body['code'], 'directory-missing')
  assert.match(String(refused.body['detail']), /^api of shop runs or reads files/)
  const opened = await send<JsonObject>('POST', '/v1/ramps', { ...opening, directory: '/srv' })
  assert.equal(opened.status, 201)
  const touched = await send<ApplyReply>('POST', '/v1/apply', {
    documents: [documentOf('shop', CHANGED)],
    dryRun: true,
  })
  assert.deepEqual(touched.body.contracts[0]?.touches, [opened.body['ramp']])
  const unknown = { ...opening, contract: { kind: 'Environment', name: 'shup' } }
  assert.equal((await send('POST', '/v1/ramps', unknown)).status, 404)
})

test('a whole finds its part among what is held, and a changed part names who uses it', async (t) => {
  const { send } = await openServer(t)
  const cards = { components: { api: { owner: 'cards', run: { command: ['a'] } } } }
  const part = documentOf('payments', cards)
  const reply = await send<ApplyReply>('POST', '/v1/apply', { documents: [part] })
  const revision = reply.body.contracts[0]?.digest
  const use = { contract: '../payments/rampart.yaml', revision: String(revision) }
  const whole = documentOf('shop', { components: { payments: { owner: 'money', use } } })
  const applied = await send<ApplyReply>('POST', '/v1/apply', { documents: [whole] })
  assert.equal(applied.body.contracts[0]?.outcome, 'created')
  const amended = await send<ApplyReply>('POST', '/v1/apply', {
    documents: [documentOf('payments', CHANGED)],
    dryRun: true,
  })
  assert.deepEqual(amended.body.contracts[0]?.usedBy, [
    { kind: 'Environment', name: 'shop', component: 'payments', revision, owner: 'money' },
  ])
  const { body } = await send<ContractPage>('GET', '/v1/contracts?owner=cards')
  assert.deepEqual(
    body.contracts.map(({ name }) => name),
    ['payments', 'shop'],
  )
})

test('two replicas on one ledger see each other, and both amendments are kept', async () => {
  const ledger = new MemoryLedger()
  const clock = new SystemClock()
  const [one, other] = [new ContractStore({ ledger, clock }), new ContractStore({ ledger, clock })]
  assert.deepEqual(await other.list(), [])
  const amend = (store: ContractStore, name: string, digest: string, by: string) =>
    store.amend({
      ...{ kind: 'Environment', name, document: documentOf(name), by },
      ...{ digest: `sha256:${digest}`, check: () => undefined, wordsFor: () => [] },
    })
  await Promise.all(
    Array.from({ length: 10 }, (_, number) =>
      amend(number % 2 === 0 ? one : other, 'shop', String(number), 'anna'),
    ),
  )
  for (const store of [one, other]) {
    const [held] = await store.list()
    assert.deepEqual(
      held?.revisions.map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    )
  }
  await amend(one, 'pages', 'a', 'anna')
  assert.equal((await other.list()).length, 2)
})

test('what is held is no ramp', async (t) => {
  const { send } = await openServer(t)
  await send('POST', '/v1/apply', { documents: [documentOf('shop')] })
  assert.deepEqual((await send<JsonObject>('GET', '/v1/ramps')).body['ramps'], [])
  assert.equal((await send('GET', '/v1/ramps/latest')).status, 404)
  assert.deepEqual((await send('GET', '/v1/environments')).body, { environments: [] })
})
