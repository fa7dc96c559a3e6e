/** Documents become trees that say where things stand, however unkindly they are written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SourceText } from '../found/source-text.ts'
import { parseDotenv } from './parse-dotenv.ts'
import { parseJson } from './parse-json.ts'
import { parseYaml } from './parse-yaml.ts'
import { itemsAt, textAt, valueAt } from './tree.ts'

test('aliases and merged keys are followed, and every document is read', () => {
  const text = 'base: &b { port: 1 }\nown: { <<: *b, name: x }\n---\nport: 2\n'
  const [first, second] = parseYaml(text)
  assert.deepEqual(
    [textAt(first, 'own', 'port'), textAt(first, 'own', 'name'), textAt(second, 'port')],
    ['1', 'x', '2'],
  )
  const place = new SourceText('a.yaml', text).at(valueAt(second, 'port')?.offset ?? 0)
  assert.deepEqual(place, { file: 'a.yaml', line: 4, column: 7 })
})

test('aliases of aliases are shared and never copied', () => {
  const levels = Array.from({ length: 30 }, (_, level) => {
    const before = level === 0 ? 'x' : `*l${level - 1}`
    return `l${level}: &l${level} [${Array(9).fill(before).join(', ')}]`
  })
  const [tree] = parseYaml(levels.join('\n'))
  assert.equal(itemsAt(tree, 'l29').length, 9)
})

test('JSON may have comments and trailing commas, and brackets without end are no document', () => {
  assert.equal(textAt(parseJson('{ // a\n "port": 1, }'), 'port'), '1')
  assert.equal(parseJson('['.repeat(100_000)), undefined)
})

test('variables may be exported, quoted and commented on', () => {
  const variables = parseDotenv('# A=0\nexport A=1 # one\nB="x # y"\n')
  assert.deepEqual(
    variables.map(({ name, value }) => [name, value]),
    [
      ['A', '1'],
      ['B', 'x # y'],
    ],
  )
})
