import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { defineEnvironment } from './define.ts'
import { formatIssue } from './document/format-issue.ts'
import { parseContracts } from './index.ts'

const head = 'apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: shop }\n'
const body = 'spec: { components: { db: { run: { command: [x] } } } }\n'

const shopText = readFileSync(join(import.meta.dirname, 'environment/fixtures/shop.yaml'), 'utf8')

test('names are unique per kind across files', () => {
  const { contracts, issues } = parseContracts([
    { path: 'a.yaml', text: head + body },
    { path: 'b.yaml', text: head + body },
  ])
  assert.equal(contracts.length, 2)
  assert.deepEqual(
    issues.map(({ code, file, message }) => ({ code, file, message })),
    [
      {
        code: 'duplicate-name',
        file: 'b.yaml',
        message: 'there is a contract of kind Environment called "shop" already, in a.yaml:3:19',
      },
    ],
  )
})

test('kinds to come are told from kinds that are unknown', () => {
  const codeOf = (kind: string): string | undefined =>
    parseContracts([{ path: 'a.yaml', text: (head + body).replace('Environment', kind) }]).issues[0]
      ?.code
  for (const kind of ['Constraint', 'Rollout', 'Service']) {
    assert.equal(codeOf(kind), 'kind-not-yet')
  }
  assert.equal(codeOf('Enviroment'), 'unknown-kind')
  assert.equal(codeOf('[]'), 'unknown-kind')
})

test('a digest is of what is written, not of how or where', () => {
  const digestOf = (path: string, text: string): string | undefined =>
    parseContracts([{ path, text }]).contracts[0]?.digest
  const digest = digestOf('a.yaml', head + body)
  assert.match(digest ?? '', /^sha256:/)
  assert.equal(digestOf('/elsewhere/b.yml', `# A comment.\n${head}\n${body}`), digest)
  assert.equal(digestOf('a.json', `\uFEFF${(head + body).replaceAll('\n', '\r\n')}`), digest)
  assert.notEqual(digestOf('a.yaml', head + body.replace('[x]', '[y]')), digest)
})

test('a default that is written out makes another digest', () => {
  const written = body.replace('[x]', '[x], oneShot: false')
  const [one, other] = [body, written].map(
    (spec) => parseContracts([{ path: 'a.yaml', text: head + spec }]).contracts[0]?.digest,
  )
  assert.notEqual(one, other)
})

test('a contract defined in TypeScript is the same contract', () => {
  const defined = defineEnvironment({
    name: 'shop',
    components: {
      db: { run: { command: ['node', 'db.ts'], ports: { pg: {} } }, deadline: '1m30s' },
      api: {
        needs: [{ db: 'started' }],
        ready: [{ http: { url: 'http://localhost:80/' }, consecutive: 3, every: '500ms' }],
      },
    },
  })
  const fromValue = parseContracts([{ path: 'rampart.config.ts', value: defined }])
  assert.deepEqual(fromValue.issues, [])
  const fromText = parseContracts([{ path: 'a.yaml', text: stringify(defined) }])
  assert.equal(fromValue.contracts[0]?.digest, fromText.contracts[0]?.digest)
})

test('issues of a contract defined in TypeScript have a path instead of a place', () => {
  const value = {
    ...defineEnvironment({ name: 'shop', components: { db: {} } }),
    spec: { components: { db: { runs: 1, needs: ['bd'] } } },
  }
  const { issues } = parseContracts([{ path: 'rampart.config.ts', value }])
  assert.deepEqual(
    issues.map((issue) => formatIssue(issue).split(';')[0]),
    [
      'rampart.config.ts: spec.components.db.runs: "runs" is not a key here',
      'rampart.config.ts: spec.components.db.needs[0]: there is no component "bd"',
    ],
  )
})

test('a text with a lone surrogate is an issue, since it has no digest', () => {
  const text = head + body.replace('[x]', '["\\uD800"]')
  const { contracts, issues } = parseContracts([{ path: 'a.yaml', text }])
  assert.deepEqual(contracts, [])
  assert.match(issues[0]?.message ?? '', /lone surrogate/)
})

test('never throws, whatever is cut out of a contract', () => {
  const lines = shopText.split('\n')
  fc.assert(
    fc.property(
      fc.nat(shopText.length),
      fc.nat(200),
      fc.nat(lines.length),
      (start, length, line) => {
        parseContracts([
          { path: 'a', text: shopText.slice(0, start) + shopText.slice(start + length) },
        ])
        const value = lines.toSpliced(line, 1).join('\n')
        const { issues } = parseContracts([{ path: 'a', text: value }])
        for (const issue of issues) assert.ok((issue.line ?? 0) >= 1 && (issue.column ?? 0) >= 1)
      },
    ),
    { numRuns: 300 },
  )
})

test('never throws, whatever value stands anywhere in a contract', () => {
  const parsed = parseContracts([{ path: 'a', text: shopText }])
  assert.deepEqual(parsed.issues, [])
  const keys = ['spec', 'components', 'api', 'ready', '0', 'http', 'run', 'needs', 'env', 'ports']
  const path = fc.subarray(keys, { minLength: 1 })
  fc.assert(
    fc.property(path, fc.jsonValue(), (steps, value) => {
      let document: unknown = value
      for (const step of steps.toReversed()) document = { [step]: document }
      const whole = { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name: 'a' } }
      parseContracts([{ path: 'a', value: { ...whole, ...(document as object) } }])
      const component = { spec: { components: { api: document, db: { [steps[0] ?? '']: value } } } }
      parseContracts([{ path: 'a', value: { ...whole, ...component } }])
    }),
    { numRuns: 300 },
  )
})
