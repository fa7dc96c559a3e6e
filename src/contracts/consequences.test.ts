/** Two revisions of a contract: where their documents differ, and what that means for the way up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '../core/units/digest.ts'
import type { Json, JsonObject } from '../core/units/json.ts'
import { consequencesOf } from './consequences.ts'
import { documentChanges } from './document-changes.ts'
import { heldIssues } from './held.ts'
import { type AnyContract, parseContracts } from './index.ts'

function contractOf(spec: string): AnyContract {
  const text = `apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: shop }\nspec:\n${spec}`
  const { contracts, issues } = parseContracts([{ path: 'a.yaml', text }])
  assert.deepEqual(issues, [])
  return contracts[0] as AnyContract
}

const BEFORE = `
  components:
    db: { run: { command: [db], ports: { pg: {} } }, ready: [{ tcp: "\${self.host}:\${self.ports.pg}" }] }
    api: { needs: [db], run: { command: [api, --old] }, deadline: 1m }
`
const AFTER = `
  components:
    db: { run: { command: [db], ports: { pg: {} } } }
    cache: { run: { command: [cache] } }
    api: { needs: [cache], run: { command: [api, --new] }, deadline: 30s }
`

test('says what a change means for the way up', () => {
  assert.deepEqual(consequencesOf(contractOf(BEFORE), contractOf(AFTER)), [
    'db: need no longer prove tcp.',
    'api: no longer waits for db.',
    'api: now waits for cache.',
    'api: is run with command ["api","--new"] instead of ["api","--old"].',
    'api: the time to become ready is 30.0 s instead of 1 min 00 s.',
    'cache: this stage is new.',
  ])
})

test('stages of several regions share a sentence, and targets are named where only they change', () => {
  const spec = (target: string, command: string): string => `
  regions: { eu: {}, us: {} }
  settings: { size: { default: 1 } }
  targets: { live: { settings: { size: ${target} } }, trial: {} }
  components: { api: { run: { command: [${command}] } } }
`
  assert.deepEqual(consequencesOf(contractOf(spec('2', 'a')), contractOf(spec('3', 'b'))), [
    'eu/api and us/api: is run with command ["b"] instead of ["a"].',
    'For live: The setting size comes from elsewhere or has another default.',
  ])
})

test('what is written otherwise and means the same has no consequence', () => {
  const one = contractOf('\n  components: { api: { run: { command: [a] } } }\n')
  const other = contractOf('\n  components: { api: { run: { command: [a] }, deadline: 1m } }\n')
  assert.deepEqual(consequencesOf(one, other), [])
  assert.deepEqual(documentChanges(one.document, other.document), [
    { path: 'spec.components.api.deadline', change: 'added', after: '"1m"' },
  ])
})

test('points at the member of a list that changed, was added or removed', () => {
  const ready = (...urls: readonly string[]): JsonObject => ({
    ready: urls.map((url) => ({ http: { url } })),
  })
  assert.deepEqual(documentChanges(ready('a', 'b', 'c'), ready('a', 'x', 'c')), [
    { path: 'ready[1].http.url', change: 'changed', before: '"b"', after: '"x"' },
  ])
  assert.deepEqual(documentChanges(ready('a', 'c'), ready('a', 'b', 'c')), [
    { path: 'ready[1]', change: 'added', after: '{"http":{"url":"b"}}' },
  ])
  assert.deepEqual(documentChanges({ command: ['a', 'b'] }, { command: ['a', 'c'] }), [
    { path: 'command', change: 'changed', before: '["a","b"]', after: '["a","c"]' },
  ])
})

test('two documents differ in no place exactly when their digests are equal', () => {
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(null, true, 1, 'a'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), tie('tree')),
    ),
  }))
  fc.assert(
    fc.property(tree, tree, (one, other) => {
      assert.deepEqual(documentChanges(one, one), [])
      assert.equal(documentChanges(one, other).length === 0, digestOf(one) === digestOf(other))
    }),
  )
})

test('refuses to hold a secret that stands in the document, of targets and regions as well', () => {
  const contract = contractOf(`
  settings: { key: { from: KEY, default: hush, secret: true }, size: { default: 1 } }
  regions: { eu: { settings: { key: hush-eu } } }
  targets: { live: { settings: { key: { from: LIVE_KEY } } } }
  components: { api: { run: { command: [a], env: { KEY: "\${settings.key}" } } } }
`)
  const issues = heldIssues(contract)
  assert.deepEqual(
    issues.map(({ path }) => path),
    ['spec.settings.key', 'spec.regions.eu.settings.key'],
  )
  assert.ok(!JSON.stringify(issues).includes('hush'))
})
