import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { checkShape } from './check-shape.ts'
import { parseDocuments } from './parse-documents.ts'
import { durationMs, nameText, suggestName } from './word-schemas.ts'

const check = (schema: z.ZodType, text: string): readonly string[] => {
  const document = parseDocuments({ path: 'a.yaml', text }).documents[0] ?? assert.fail()
  return checkShape(document, [], schema).issues.map(({ line, column, message, nearest }) =>
    [`${line}:${column}`, message, ...(nearest === undefined ? [] : [nearest])].join(' | '),
  )
}

test('names every unknown key with the nearest known one', () => {
  const schema = z.strictObject({ command: z.int().exactOptional(), cwd: z.int().exactOptional() })
  assert.deepEqual(check(schema, 'comand: 1\nxyz: 2\n'), [
    '1:1 | "comand" is not a key here; expected command or cwd | command',
    '2:1 | "xyz" is not a key here; expected command or cwd',
  ])
})

test('shows a missing key at what it is missing from', () => {
  const schema = z.strictObject({ run: z.strictObject({ command: z.string() }) })
  assert.deepEqual(check(schema, '\nrun: {}\n'), [
    '2:1 | the key "command" is missing; expected a string',
  ])
})

test('does not ask for a key that is there, but misspelt', () => {
  const schema = z.strictObject({ command: z.string() })
  assert.deepEqual(check(schema, 'comand: x\n'), [
    '1:1 | "comand" is not a key here; expected command | command',
  ])
})

test('speaks only of the branch of a union that was meant', () => {
  const schema = z.strictObject({
    http: z.union([z.string(), z.strictObject({ url: z.string(), status: z.int() })]),
  })
  assert.deepEqual(check(schema, 'http: { url: x, status: high }\n'), [
    '1:25 | expected a whole number, found the string "high"',
  ])
  assert.deepEqual(check(schema, 'http: 5\n'), [
    '1:7 | expected a string or a mapping, found the number 5; put it in quotes: "5"',
  ])
})

test('speaks only of the variant that a discriminator names', () => {
  const schema = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('file'), path: z.string() }),
    z.strictObject({ kind: z.literal('git'), ref: z.string() }),
  ])
  assert.deepEqual(check(schema, 'kind: file\npath: 1\n'), [
    '2:7 | expected a string, found the number 1; put it in quotes: "1"',
  ])
  assert.deepEqual(check(schema, 'kind: fiel\n'), [
    '1:7 | expected file or git, found the string "fiel" | file',
  ])
})

test('says what to write for words of older YAML and for numbers in quotes', () => {
  const schema = z.strictObject({ on: z.boolean(), count: z.int() })
  assert.deepEqual(check(schema, 'on: off\ncount: "3"\n'), [
    '1:5 | expected true or false, found the string "off" (in YAML 1.2, off is a string) | false',
    '2:8 | expected a whole number, found the string "3"; leave out the quotes',
  ])
})

test('reads durations as milliseconds and suggests a unit', () => {
  const document = parseDocuments({ path: 'a', text: '1m30s' }).documents[0] ?? assert.fail()
  assert.equal(checkShape(document, [], durationMs()).value, 90_000)
  const schema = z.strictObject({ a: durationMs(), b: durationMs(10) })
  const expected = 'expected a duration with a unit, such as 250ms, 10s, 5m or 1h30m'
  assert.deepEqual(check(schema, 'a: 5 minutes\nb: 5ms\n'), [
    `1:4 | ${expected}, found the string "5 minutes" | 5m`,
    '2:4 | expected a duration of at least 10ms, found the string "5ms"',
  ])
})

test('suggests a name that may be used', () => {
  assert.equal(suggestName('My Shop!'), 'my-shop')
  assert.ok(nameText.safeParse(suggestName('__Orders DB__')).success)
  assert.equal(suggestName('***'), undefined)
})
