/** Whose word an amendment takes. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '../../core/units/digest.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { formatIssues } from '../document/format-issue.ts'
import { type AnyContract, ownersTouched, parseContracts } from '../index.ts'

const HEAD = 'apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: shop }\nspec:\n'

const SHOP = `  settings:
    password: { from: PASSWORD }
    size: { default: 1 }
    unused: { default: 1 }
  components:
    db:
      owner: platform
      run: { command: [db, '\${settings.password}'], ports: { pg: {} } }
      ready:
        - { tcp: 'h:1' }
        - { name: schema, owner: data, tcp: 'h:\${settings.size}' }
    api: { owner: store, needs: [db], run: { command: [api] } }
    web: { needs: [api], run: { command: [web] } }
`

function contractOf(spec: string, part?: Json): AnyContract {
  const source = { path: 'a.yaml', text: HEAD + spec }
  const { contracts, issues } = parseContracts([source], () => part)
  assert.equal(formatIssues(issues, [source]), '')
  return contracts[0] ?? assert.fail()
}

/** `platform: db; data: db/schema` */
function touched(before: string, after: string): string {
  return ownersTouched(contractOf(before), contractOf(after))
    .map(({ owner, places }) => `${owner}: ${places.join(' ')}`)
    .join('; ')
}

/** What an edit of the shop takes. */
function edited(...edits: readonly (readonly [string, string])[]): string {
  const after = edits.reduce((text, [old, young]) => {
    assert.ok(text.includes(old), old)
    return text.replace(old, young)
  }, SHOP)
  return touched(SHOP, after)
}

test('what somebody owns takes their word, and what nobody owns takes none', () => {
  assert.equal(edited(['[web]', '[web, --new]']), '')
  assert.equal(edited(['[api]', '[api, --new]']), 'store: api')
  assert.equal(
    edited(['run: { command: [db,', 'deadline: 3s\n      run: { command: [db,']),
    'platform: db',
  )
  assert.equal(edited(['unused: { default: 1 }', 'unused: { default: 2 }']), '')
})

test('how a document is written is no matter', () => {
  assert.equal(edited(['owner: store, needs: [db]', 'needs: [{ db: ready }], owner: store']), '')
  assert.equal(edited(['{ owner: store,', '{ owner: store, deadline: 60s,']), '')
})

test('who owns something is changed by the word of both', () => {
  assert.equal(edited(['owner: store', 'owner: pay']), 'pay: api; store: api')
  assert.equal(edited(['owner: store, ', '']), 'store: api')
  assert.equal(edited(['    web: {', '    web: { owner: pages,']), 'pages: web')
})

test('adding and removing a component takes the word of its owner', () => {
  const without = SHOP.replace(/ {4}api:.*\n/, '').replace('needs: [api], ', '')
  assert.equal(touched(SHOP, without), 'store: api')
  assert.equal(touched(without, SHOP), 'store: api')
})

test('a condition is its own owner’s to change, but not theirs alone to add or take out', () => {
  const [schema, other] = [
    "        - { name: schema, owner: data, tcp: 'h:${settings.size}' }\n",
    "        - { name: schema, owner: data, tcp: 'h:2' }\n",
  ]
  assert.equal(edited([schema, other]), 'data: db/schema')
  assert.equal(edited([schema, '']), 'data: db/schema; platform: db')
  assert.equal(
    edited([schema, `${schema}        - { owner: me, file: x }\n`]),
    'me: db/file; platform: db',
  )
  assert.equal(edited(["- { tcp: 'h:1' }", "- { tcp: 'h:9' }"]), 'platform: db')
})

test('a setting takes the word of whoever uses it', () => {
  assert.equal(edited(['from: PASSWORD', 'from: OTHER']), 'platform: settings.password')
  assert.equal(edited(['size: { default: 1 }', 'size: { default: 2 }']), 'data: settings.size')
  // What is looked up by a computed name may be any setting.
  const dynamic = SHOP.replace('command: [api]', `command: [api, '\${settings["un" + "used"]}']`)
  assert.equal(
    touched(dynamic, dynamic.replace('unused: { default: 1 }', 'unused: { default: 2 }')),
    'store: settings.unused',
  )
})

test('a region takes the word of whoever is in it', () => {
  const regions = '  regions: { eu: {}, us: { after: [eu], settings: { size: 2 } } }\n'
  const inEu = SHOP.replace('owner: store,', 'owner: store, regions: [eu],')
  const geo = `${regions}${inEu.replace('needs: [api]', 'needs: [eu/api]')}`
  const all = 'data: regions.us; platform: regions.us'
  assert.equal(touched(geo, geo.replace('after: [eu], ', '')), all)
  assert.equal(touched(geo, geo.replace('size: 2', 'size: 3')), 'data: settings.size')
  assert.equal(
    touched(geo, geo.replace('us: {', 'jp: {}, us: {')),
    'data: regions.jp; platform: regions.jp',
  )
})

test('an agreement takes the word of its owner', () => {
  const agree = '  agree: [{ owner: data, same: evidence.x, of: db/tcp, name: one }]\n'
  const geo = `  regions: { eu: {}, us: {} }\n${SHOP}${agree}`
  assert.equal(touched(geo, geo.replace('evidence.x', 'evidence.y')), 'data: agree/one')
  assert.equal(touched(geo, geo.replace(agree, '')), 'data: agree/one')
})

test('a target that is new takes nobody’s word; its change and its end take that of whom they touch', () => {
  const targets = '  targets: { ci: { without: [web] }, prod: {} }\n'
  const aimed = SHOP + targets
  const more = aimed.replace('prod: {}', 'prod: {}, dev: { without: [api, web] }')
  assert.equal(touched(aimed, more), '')
  const all = (place: string): string => `data: ${place}; platform: ${place}; store: ${place}`
  assert.equal(touched(more, aimed), 'data: targets.dev; platform: targets.dev')
  assert.equal(touched(SHOP, aimed), all('targets'))
  assert.equal(touched(aimed, SHOP), all('targets.ci targets.prod'))
  assert.equal(touched(aimed, aimed.replace('without: [web]', 'without: [web, api]')), 'store: api')
  const sized = aimed.replace('prod: {}', 'prod: { settings: { size: 3 } }')
  assert.equal(touched(aimed, sized), 'data: settings.size')
})

test('the revision of a part takes the word of its owner, and of the owners in it that it touches', () => {
  const partOf = (command: string, owner = ''): JsonObject => ({
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'payments', description: command },
    spec: {
      components: { db: { ...(owner === '' ? {} : { owner }), run: { command: ['db', owner] } } },
    },
  })
  const wholeOf = (part: JsonObject): AnyContract =>
    contractOf(
      `  components: { pay: { owner: money, use: { contract: p.yaml, revision: "${digestOf(part)}" } } }\n`,
      part,
    )
  const owners = (before: JsonObject, after: JsonObject): readonly string[] =>
    ownersTouched(wholeOf(before), wholeOf(after)).map(
      ({ owner, places }) => `${owner}: ${places.join(' ')}`,
    )
  assert.deepEqual(owners(partOf('a'), partOf('b')), ['money: pay'])
  assert.deepEqual(owners(partOf('a', 'vault'), partOf('a')), [
    'money: pay pay-db',
    'vault: pay-db',
  ])
  assert.deepEqual(owners(partOf('a'), partOf('a')), [])
})

test('exactly those are asked whose components were touched, whatever the contract', () => {
  const component = fc.record({
    owner: fc.constantFrom('ann', 'bob', 'cid', undefined),
    word: fc.constantFrom('a', 'b'),
    deadline: fc.constantFrom(undefined, '1s'),
    check: fc.constantFrom(undefined, 'x.txt', 'y.txt'),
  })
  const names = ['one', 'two', 'three']
  const written = fc.tuple(component, component, component)
  fc.assert(
    fc.property(written, written, (before, after) => {
      const documentOf = (parts: typeof before): string =>
        JSON.stringify({
          components: Object.fromEntries(
            names.map((name, place) => {
              const { owner, word, deadline, check } = parts[place] ?? assert.fail()
              const ready = check === undefined ? [] : [{ file: check }]
              return [name, { owner, deadline, ready, run: { command: [word] } }]
            }),
          ),
        })
      const parsed = (parts: typeof before): AnyContract => contractOf(`  ${documentOf(parts)}\n`)
      const changed = names.flatMap((_, place) => {
        const [old, young] = [before[place], after[place]]
        const isSame = JSON.stringify(old) === JSON.stringify(young)
        return isSame ? [] : [old?.owner, young?.owner]
      })
      const expected = new Set(changed.filter((owner) => owner !== undefined))
      const found = ownersTouched(parsed(before), parsed(after)).map(({ owner }) => owner)
      assert.deepEqual(found, [...expected].sort())
    }),
  )
})
