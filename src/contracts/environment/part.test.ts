/** Parts: another team's contract as a component, in the revision that was agreed on. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPlan } from '../../core/plan/check-plan.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { Json } from '../../core/units/json.ts'
import { filesUsed, type ParsedContracts, parseContracts, planContract } from '../index.ts'

const head = (name: string): string =>
  `apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: ${name} }\nspec:\n`

const PART = {
  apiVersion: 'rampart/v1',
  kind: 'Environment',
  metadata: { name: 'payments' },
  spec: {
    settings: { word: { from: 'WORD', default: 'paid' } },
    components: {
      db: {
        owner: 'money',
        run: { command: ['db', '${settings.word}'], cwd: 'data', ports: { pg: {} } },
        ready: [{ file: 'ready.txt' }, { tcp: '${self.host}:${self.ports.pg}', name: 'open' }],
      },
      api: {
        needs: [{ db: 'started', drain: true }],
        run: { command: ['api', '${component("db").ports.pg}'] },
        ready: [{ log: { pattern: 'x' }, when: 'settings.word == "paid"' }],
      },
    },
  },
}

const WHOLE = `  components:
    net: { run: { command: [net] } }
    pay-in:
      owner: store
      needs: [net]
      use: { contract: ../payments/rampart.yaml, revision: "REVISION" }
    web: { needs: [pay-in], run: { command: [web, '\${component("pay-in-db").ports.pg}'] } }
`

const wholeOf = (part: Json = PART): string => WHOLE.replace('REVISION', digestOf(part))

function parse(spec: string, part: Json | undefined = PART): ParsedContracts {
  return parseContracts([{ path: 'shop/a.yaml', text: head('shop') + spec }], () => part)
}

function planOf({ contracts, issues }: ParsedContracts, goal = 'up'): Plan {
  assert.deepEqual(issues, [])
  return checkPlan(planContract(contracts[0] ?? assert.fail(), { goal }))
}

const messagesOf = (spec: string, part?: Json): readonly string[] =>
  parse(spec, part).issues.map(({ message }) => message)

test('the components of a part are components of the whole, and it is ready once they are', () => {
  const plan = planOf(parse(wholeOf()))
  assert.deepEqual(
    plan.stages.map(({ name, owner, needs }) => [name, owner, needs.map(({ stage }) => stage)]),
    [
      ['net', undefined, []],
      ['pay-in-db', 'money', ['net']],
      ['pay-in-api', 'store', ['pay-in-db']],
      ['pay-in', 'store', ['net', 'pay-in-db', 'pay-in-api']],
      ['web', undefined, ['pay-in']],
    ],
  )
})

test('names, settings and paths of a part are those of the whole', () => {
  const { stages } = planOf(parse(wholeOf()))
  const [, db, api] = stages
  const text = JSON.stringify([db, api])
  assert.match(text, /settings\.pay_in_word/)
  assert.doesNotMatch(text, /settings\.word/)
  assert.match(text, /component\(\\"pay-in-db\\"\)/)
  assert.equal(db?.command?.input['cwd'], '${run.directory}/../payments/data')
  assert.equal(api?.command?.input['cwd'], '${run.directory}/../payments')
  const question = db?.conditions.find(({ name }) => name === 'file')?.question
  assert.deepEqual(question?.ask === 'probe' && question.input, {
    path: '${run.directory}/../payments/ready.txt',
  })
  assert.equal(planOf(parse(wholeOf()), 'down').stages.length, 4)
})

test('the digest is over what was written, and changes with the revision of a part', () => {
  const [contract] = parse(wholeOf()).contracts
  const [unread] = parseContracts([{ path: 'a.yaml', text: head('shop') + wholeOf() }]).contracts
  assert.equal(unread, undefined)
  const sent = parseContracts([{ path: 'sent', value: contract?.document }])
  assert.deepEqual(sent.issues, [])
  assert.equal(sent.contracts[0]?.digest, contract?.digest)
  const other = { ...PART, metadata: { name: 'other' } }
  assert.notEqual(parse(wholeOf(other), other).contracts[0]?.digest, contract?.digest)
})

test('what was put into a document that is sent is held against the revision', () => {
  const document = parse(wholeOf()).contracts[0]?.document ?? assert.fail()
  const forged = JSON.parse(JSON.stringify(document).replace('["db",', '["evil",')) as Json
  const { contracts, issues } = parseContracts([{ path: 'sent', value: forged }])
  assert.deepEqual([contracts.length, issues[0]?.code], [0, 'revision-differs'])
})

test('another revision is refused with both digests and how to see what changed', () => {
  const next = { ...PART, metadata: { name: 'next' } }
  const [message = '', ...more] = messagesOf(wholeOf(), next)
  assert.deepEqual(more, [])
  assert.ok(message.includes(digestOf(PART)) && message.includes(digestOf(next)))
  assert.match(message, /rampart plan \.\.\/payments\/rampart\.yaml --against/)
  assert.match(message, /changing that takes the word of store; rampart plan/)
  const unowned = wholeOf().replace(/owner: store,?/, '')
  assert.doesNotMatch(messagesOf(unowned, next).join(), /takes the word/)
  const [unnamed = ''] = messagesOf(WHOLE.replace(', revision: "REVISION"', ''))
  assert.ok(unnamed.includes(`it is ${digestOf(PART)} now`))
})

test('a part that is wrong, or has what only the whole can have, is refused', () => {
  const { components, settings } = PART.spec
  const cases: readonly (readonly [Json, RegExp])[] = [
    [{ ...PART, kind: 'Ports' }, /it is no environment/],
    [{ ...PART, spec: { components, settings, regions: { eu: {} } } }, /it has regions of its own/],
    [{ ...PART, spec: { components } }, /has a mistake of its own: spec\.components/],
    [{ ...PART, spec: { components: { a: { use: {} } } } }, /it uses contracts itself/],
  ]
  for (const [part, expected] of cases)
    assert.match(messagesOf(wholeOf(part), part).join(), expected)
  const clash = wholeOf().replace('net:', 'pay-in-db: { run: { command: [x] } }\n    net:')
  assert.deepEqual(messagesOf(clash), ['there is a component "pay-in-db" already'])
  const both = wholeOf().replace('needs: [net]', 'run: { command: [x] }')
  assert.match(messagesOf(both)[0] ?? '', /says itself what it runs; take run out/)
})

test('the files that are to be read are told', () => {
  const source = { path: 'shop/a.yaml', text: head('shop') + wholeOf() }
  assert.deepEqual(filesUsed([source]), [
    { source: 'shop/a.yaml', file: '../payments/rampart.yaml' },
  ])
  assert.deepEqual(messagesOf(wholeOf(), null as unknown as Json).length, 1)
})

test('in regions a part is in each of them, or in those that are said', () => {
  const regions = '  regions: { eu: {}, us: {} }\n'
  const spec = wholeOf()
    .replace('owner: store', 'regions: [eu]')
    .replace('web: {', 'web: { regions: [eu],')
  const names = planOf(parse(regions + spec)).stages.map(({ name }) => name)
  assert.deepEqual(
    names.filter((name) => name.includes('pay-in')),
    ['eu/pay-in-db', 'eu/pay-in-api', 'eu/pay-in'],
  )
})
