// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Json } from '../../core/units/json.ts'
import { checkReferences, type ReferenceScope } from './check-references.ts'
import { compileExpression, EXPRESSION_MAX_LENGTH } from './compile.ts'
import { evaluate, evaluateBoolean, type Scope } from './evaluate.ts'
import { fieldsTaken } from './fields-taken.ts'
import { resolveTemplates } from './resolve-templates.ts'
import { parseTemplate, printTemplate, type Template } from './template.ts'

const scope: Scope = {
  self: { host: '127.0.0.1', ports: { http: 4_123 } },
  components: { db: { host: '::1', ports: { pg: 5_432 }, evidence: { head: '0007' } } },
  settings: { password: 'hunter2', replicas: 3, debug: false },
  run: { id: 'ramp-1', directory: '/srv/shop' },
  evidence: { status: 200, latency: 3.5, rows: [{ n: 4 }], json: { db: 'ok' } },
}

const resultOf = (text: string): Json | string => {
  const result = evaluate(text, scope)
  return result.ok ? result.value : `! ${result.problem.sentence}`
}

test('whole numbers and fractions mix as they read', () => {
  assert.equal(resultOf('evidence.status == 200'), true)
  assert.equal(resultOf('evidence.status >= 200.5'), false)
  assert.equal(resultOf('evidence.rows[0].n + 1'), 5)
  assert.equal(resultOf('evidence.latency * 2 < 10'), true)
  assert.equal(resultOf('evidence.status - evidence.latency'), 196.5)
  assert.equal(resultOf('200 in [evidence.status]'), true)
})

test('reads self, components, settings and the run', () => {
  assert.equal(resultOf('component("db").ports.pg'), 5_432)
  assert.equal(resultOf('component("db").evidence.head == "0007"'), true)
  assert.equal(resultOf('self.ports["http"] + settings.replicas'), 4_126)
  assert.equal(resultOf('run.directory + "/" + self.host.upperAscii()'), '/srv/shop/127.0.0.1')
  assert.equal(resultOf('evidence.rows.all(row, row.n > component("db").ports.pg)'), false)
  assert.deepEqual(resultOf('[1, 2].map(n, {"n": n})'), [{ n: 1 }, { n: 2 }])
})

test('what goes wrong is a sentence, never an exception', () => {
  assert.equal(resultOf('evidence.jsn.db'), '! there is no field jsn')
  assert.equal(
    resultOf('evidence.rows[7].n'),
    '! there is nothing at place 7; the first place is 0',
  )
  assert.equal(resultOf('evidence.status + "x"'), '! + does not work on int and string')
  assert.equal(resultOf('region.name'), '! a name has no value here')
  assert.match(String(resultOf('9007199254740993')), /beyond 2\^53/)
  assert.match(String(resultOf('1.0 / 0')), /Infinity/)
  assert.match(String(resultOf('duration("5s")')), /string\(…\)/)
})

test('a sentence never shows a value, since it may be a secret', () => {
  for (const call of ['int', 'double', 'uint', 'bool', 'duration', 'timestamp']) {
    assert.doesNotMatch(String(resultOf(`${call}(settings.password)`)), /hunter2/, call)
  }
})

test('a question must come to true or false', () => {
  assert.deepEqual(evaluateBoolean('evidence.status == 200', scope), { ok: true, value: true })
  const result = evaluateBoolean('evidence.status', scope)
  assert.ok(!result.ok && /comes to a number/.test(result.problem.sentence))
})

test('limits stop what would take too long', () => {
  const long = compileExpression(`"${'x'.repeat(EXPRESSION_MAX_LENGTH)}"`)
  assert.ok(!long.ok && long.problem.reason === 'refused')
  const deep = compileExpression('[1].all(a, [1].all(b, [1].all(c, true)))')
  assert.ok(!deep.ok && deep.problem.reason === 'refused')
  const rows = Array.from({ length: 5_000 }, (_, n) => n)
  const wide = { ...scope, evidence: { rows } }
  const squared = 'evidence.rows.all(a, evidence.rows.all(b, a + b > -1))'
  const result = evaluate(squared, wide)
  assert.ok(!result.ok && result.problem.reason === 'refused')
  assert.deepEqual(evaluate('evidence.rows.all(a, a >= 0)', wide), { ok: true, value: true })
})

test('patterns match in linear time', () => {
  const text = 'a'.repeat(20_000)
  const result = evaluate('evidence.text.matches("(a+)+$x")', { ...scope, evidence: { text } })
  assert.deepEqual(result, { ok: true, value: false })
})

test('habits from other languages are met with the right word', () => {
  const nearestOf = (text: string): string | undefined => {
    const compiled = compileExpression(text)
    return compiled.ok ? undefined : compiled.problem.nearest
  }
  assert.equal(nearestOf('a = 1'), '==')
  assert.equal(nearestOf('a === 1'), '==')
  assert.equal(nearestOf('a and b'), '&&')
  assert.equal(nearestOf('a or b'), '||')
  assert.equal(nearestOf('a | b'), '||')
})

test('compiling never throws', () => {
  const word = fc.constantFrom(
    'a',
    '.b',
    '(',
    ')',
    '[',
    ']',
    '"',
    '+',
    '==',
    '1',
    '{',
    '}',
    '?',
    ':',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      compileExpression(words.join(''))
    }),
    { numRuns: 500 },
  )
})

test('a template is read back as it was printed', () => {
  const plain = fc.string({
    minLength: 1,
    unit: fc.constantFrom('a', '{', '}', '"', "'", ' ', '/'),
  })
  const hole = fc
    .constantFrom('self.host', '"}"', '{"a": 1}["a"]', "r'\\'", '"""a"}"""', "'\\''")
    .map((expression) => ({ expression }))
  const parts = fc.array(fc.oneof(plain, hole), { maxLength: 6 })
  fc.assert(
    fc.property(parts, (written) => {
      const joined = joinPlain(written)
      const template = parseTemplate(printTemplate(joined.map(withOffset)))
      assert.ok(template.ok)
      const read = template.value.parts.map((part) =>
        typeof part === 'string' ? part : { expression: part.expression },
      )
      assert.deepEqual(read, joined)
    }),
  )
})

type Written = string | { readonly expression: string }

function joinPlain(parts: readonly Written[]): readonly Written[] {
  const joined: Written[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string')
      joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined
}

function withOffset(part: Written): Template['parts'][number] {
  return typeof part === 'string' ? part : { ...part, offset: 0 }
}

test('a whole template keeps its type, a mixed one is text', () => {
  const input = {
    port: '${self.ports.http}',
    url: 'http://${self.host}:${self.ports.http}/${settings.debug}',
    plain: 'costs $5, $${HOME}',
    list: ['${settings.replicas}', 7, null],
  }
  assert.deepEqual(resolveTemplates(input, scope), {
    ok: true,
    value: {
      port: 4_123,
      url: 'http://127.0.0.1:4123/false',
      plain: 'costs $5, ${HOME}',
      list: [3, 7, null],
    },
  })
})

test('a template that fails names the expression, not the values', () => {
  const result = resolveTemplates({ a: ['x${self.prots.http}'] }, scope)
  assert.ok(!result.ok)
  assert.equal(result.problem.sentence, '${self.prots.http}: there is no field prots')
  const list = resolveTemplates('x${self.ports}', scope)
  assert.ok(!list.ok && /cannot stand inside a text/.test(list.problem.sentence))
})

test('values without templates are left as they are', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = value as Json
      fc.pre(!JSON.stringify(json).includes('${'))
      assert.deepEqual(resolveTemplates(json, scope), { ok: true, value: json })
    }),
  )
})

const references: ReferenceScope = {
  roots: {
    self: { host: 'value', ports: { http: 'value' } },
    settings: { dbPassword: 'value' },
    run: { id: 'value' },
  },
  absentRoots: { region: 'this environment has no regions' },
  componentNames: ['db', 'worker'],
  component: (name) =>
    name === 'db'
      ? { shape: { host: 'value', ports: { pg: 'value' }, evidence: 'any' } }
      : { absent: 'api does not need worker' },
}

const wrong = (text: string): readonly string[] => {
  const compiled = compileExpression(text)
  assert.ok(compiled.ok, text)
  return checkReferences(compiled.value, references).map(({ offset, sentence, nearest }) =>
    [offset, sentence, ...(nearest === undefined ? [] : [nearest])].join(' | '),
  )
}

test('right references pass', () => {
  for (const text of [
    'self.ports.http == component("db").ports["pg"]',
    'component("db").evidence.any.thing[0]',
    'settings.dbPassword.startsWith("x") && has(component("db").host)',
    '[1, 2].exists(n, n > int(self.ports.http))',
    'strings.quote(run.id)',
    'type(self.host) == string',
  ]) {
    assert.deepEqual(wrong(text), [], text)
  }
})

test('wrong references are named at their place, with the nearest right one', () => {
  assert.deepEqual(wrong('self.hots'), ['5 | self has no field hots; it has host and ports | host'])
  assert.deepEqual(wrong('1 + self.ports.htpp'), [
    '15 | self.ports has no field htpp; it has http | http',
  ])
  assert.deepEqual(wrong('component("bd").host'), ['10 | there is no component "bd" | db'])
  assert.deepEqual(wrong('component("worker").host'), ['10 | api does not need worker'])
  assert.deepEqual(wrong('region.name'), ['0 | this environment has no regions'])
  assert.deepEqual(wrong('db.host'), [
    '0 | a component is written component("db") | component("db")',
  ])
  assert.deepEqual(wrong('self.host.startWith("x")'), [
    '9 | there is no function startWith | startsWith',
  ])
  assert.deepEqual(wrong('[1].all(n, n > self.hots)'), [
    '20 | self has no field hots; it has host and ports | host',
  ])
  assert.equal(wrong('self.x == settings.y || component(run.id).z').length, 3)
})

test('the fields that templates take of a place are found, however they are written', () => {
  const taken = (value: Json): readonly string[] =>
    [...fieldsTaken(value, ['self', 'ports'])].sort()
  assert.deepEqual(taken({ url: 'http://${self.host}:${self.ports.a}/', more: [1, null] }), ['a'])
  assert.deepEqual(
    taken(`\${string(self .ports["b"])} \${[1].all(n, n < int(self["ports"]['c']))}`),
    ['b', 'c'],
  )
  assert.deepEqual(taken('$${self.ports.a} self.ports.b ${component("x").ports.c} ${self.'), [])
})
