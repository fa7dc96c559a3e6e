import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { parseDurationMs, printDuration } from '../../core/units/duration.ts'
import type { Json } from '../../core/units/json.ts'
import { formatIssue } from './format-issue.ts'
import { printPath } from './issue.ts'
import { editDistance, nearestWord } from './nearest-word.ts'
import { DOCUMENTS_MAX, parseDocuments, TEXT_MAX_LENGTH } from './parse-documents.ts'
import { documentOfProgram } from './program-document.ts'
import { placeOf } from './source-document.ts'

const parse = (text: string): ReturnType<typeof parseDocuments> =>
  parseDocuments({ path: 'a.yaml', text })

const codesOf = (text: string): readonly string[] => parse(text).issues.map((issue) => issue.code)

/** JSON that contracts can carry: safe integers, no negative zero. */
const anyJson: fc.Arbitrary<Json> = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 4 })
  .filter((value) => !/-0(?![.\d])|\d{16}|e[+-]?\d/.test(JSON.stringify(value) ?? ''))
  .map((value) => JSON.parse(JSON.stringify(value)) as Json)

test('reads back whatever JSON was printed', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const parsed = parse(JSON.stringify({ value }))
      assert.deepEqual(parsed.issues, [])
      assert.deepEqual(parsed.documents[0]?.value, { value })
    }),
  )
})

test('reads back whatever YAML was printed', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const parsed = parse(stringify({ value }, { aliasDuplicateObjects: false }))
      assert.deepEqual(parsed.issues, [])
      assert.deepEqual(parsed.documents[0]?.value, { value })
    }),
  )
})

test('never throws, whatever the text', () => {
  const words = [
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '\t',
    '[',
    '{',
    '"',
    "'",
    '&a',
    '*a',
    '!!x',
    '<<',
    '|',
  ]
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (written) => {
      const { issues } = parse(written)
      for (const issue of issues) assert.ok(formatIssue(issue, written).startsWith('a.yaml:'))
    }),
    { numRuns: 1_000 },
  )
})

test('a duration is read back as it was printed', () => {
  fc.assert(
    fc.property(fc.nat({ max: 315_619_200_000 }), (ms) => {
      assert.equal(parseDurationMs(printDuration(ms)), ms)
    }),
  )
})

test('knows the place of keys, of values, and of what stands around what is missing', () => {
  const document = parse('spec:\n  run:\n    command: [node, x]\n').documents[0]
  assert.ok(document)
  assert.deepEqual(placeOf(document, ['spec', 'run', 'command'], 'key'), { line: 3, column: 5 })
  assert.deepEqual(placeOf(document, ['spec', 'run', 'command', 1], 'value'), {
    line: 3,
    column: 21,
  })
  assert.deepEqual(placeOf(document, ['spec', 'run', 'ports'], 'value'), { line: 2, column: 3 })
})

test('reads several documents and leaves out empty ones', () => {
  const { documents, issues } = parse('---\n---\na: 1\n---\nb: 2\n---\n')
  assert.deepEqual(issues, [])
  assert.deepEqual(
    documents.map((document) => document.value),
    [{ a: 1 }, { b: 2 }],
  )
})

test('a broken document does not hide the others', () => {
  const { documents, issues } = parse('a: [1\n---\nb: 2\n')
  assert.equal(issues.length, 1)
  assert.deepEqual(documents.at(-1)?.value, { b: 2 })
})

test('a byte order mark and Windows line ends change nothing', () => {
  const plain = parse('a: 1\nb: 017\n')
  const windows = parse('\uFEFFa: 1\r\nb: 017\r\n')
  assert.deepEqual(windows.issues, plain.issues)
  assert.deepEqual(windows.documents[0]?.value, plain.documents[0]?.value)
})

test('timestamps and the words of older YAML stay strings', () => {
  const { documents, issues } = parse('a: 2026-01-01\nb: on\nc: yes\nd: 1_000\ne: 12:30\n')
  assert.deepEqual(issues, [])
  assert.deepEqual(documents[0]?.value, {
    a: '2026-01-01',
    b: 'on',
    c: 'yes',
    d: '1_000',
    e: '12:30',
  })
})

test('an alias repeats a value, an alias inside its own value is refused', () => {
  assert.deepEqual(parse('a: &x { b: 1 }\nc: *x\n').documents[0]?.value, {
    a: { b: 1 },
    c: { b: 1 },
  })
  assert.deepEqual(codesOf('a: &x [*x]\n'), ['alias-cycle'])
  assert.deepEqual(codesOf('a: *x\nb: &x 1\n'), ['alias-unresolved'])
})

test('limits are issues, and are reached quickly', () => {
  const laughs = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 9; level += 1) {
    laughs.push(
      `b${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    )
  }
  assert.deepEqual(codesOf(laughs.join('\n')), ['too-large'])
  assert.deepEqual(codesOf(`a: ${'x'.repeat(TEXT_MAX_LENGTH)}`), ['too-large'])
  assert.deepEqual(codesOf('---\na: 1\n'.repeat(DOCUMENTS_MAX + 2)), ['too-large'])
  assert.deepEqual(codesOf('['.repeat(100_000)), ['too-large'])
  assert.deepEqual(codesOf(`${'- '.repeat(90)}x`), ['too-large'])
  assert.deepEqual(codesOf('a\0b'), ['not-yaml'])
})

test('keys that mean something to JavaScript are keys like others', () => {
  const value = parse('__proto__: { polluted: true }\nconstructor: 1\n').documents[0]?.value
  assert.deepEqual(Object.keys(value ?? {}), ['__proto__', 'constructor'])
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

test('a program’s values are documents, and what JSON cannot carry is an issue with a path', () => {
  const good = documentOfProgram({ path: 'rampart.config.ts', value: [{ a: 1, b: undefined }] })
  assert.deepEqual(good.documents[0]?.value, { a: 1 })
  const bad = documentOfProgram({ path: 'rampart.config.ts', value: { a: { b: () => 1 } } })
  assert.equal(bad.issues[0]?.path, 'a.b')
  assert.match(formatIssue(bad.issues[0] ?? assert.fail()), /^rampart\.config\.ts: a\.b: /)
})

test('prints paths as people write them', () => {
  assert.equal(printPath(['spec', 'ready', 0, 'http']), 'spec.ready[0].http')
  assert.equal(printPath(['env', 'a.b']), 'env["a.b"]')
})

test('suggests the nearest word, or nothing', () => {
  assert.equal(nearestWord('comand', ['cwd', 'command']), 'command')
  assert.equal(nearestWord('oneshot', ['oneShot', 'ports']), 'oneShot')
  assert.equal(nearestWord('bd', ['db', 'api']), 'db')
  assert.equal(nearestWord('kubernetes', ['http', 'tcp']), undefined)
})

test('edit distance is a distance', () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') })
  fc.assert(
    fc.property(word, word, (a, b) => {
      assert.equal(editDistance(a, a, 99), 0)
      assert.equal(editDistance(a, b, 99), editDistance(b, a, 99))
      assert.ok(editDistance(a, b, 99) <= Math.max(a.length, b.length))
    }),
  )
})

test('a caret stays under its word, behind tabs and in long lines', () => {
  const issue = { code: 'wrong-value', file: 'a', path: '', message: 'no' } as const
  assert.equal(
    formatIssue({ ...issue, line: 1, column: 3 }, '\t\tx'),
    'a:1:3: no\n  1 | \t\tx\n    | \t\t^',
  )
  const long = `${'a'.repeat(200)}b${'c'.repeat(200)}`
  const [, source = '', caret = ''] = formatIssue({ ...issue, line: 1, column: 201 }, long).split(
    '\n',
  )
  assert.equal(source[caret.indexOf('^')], 'b')
})
