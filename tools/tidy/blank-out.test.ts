import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { test } from 'node:test'
import { blankOut } from './blank-out.ts'

const BACKTICK = '`'

const cases: readonly (readonly [title: string, text: string, code: string])[] = [
  ['a line comment', 'a() // b()\nc()', 'a()       \nc()'],
  ['a block comment over lines', 'a() /* b\nc */ d()', 'a()     \n     d()'],
  ['the inside of a string', `a('b // c')`, `a('      ')`],
  ['an escaped quote in a string', String.raw`a('b\'c') + d`, `a('    ') + d`],
  ['a slash that divides', 'a / b / c // d', 'a / b / c     '],
  ['a quote in a regular expression', `a = /'/g + b('c')`, `a = / /g + b(' ')`],
  ['a slash in a character class', 'return /[/*]/.test(a)', 'return /    /.test(a)'],
  ['a template around code', `\`a \${b('c')} d\` + e`, `\`  \${b(' ')}  \` + e`],
  ['a template in a template', `\`a\${\`b\${c}d\`}e\` + f`, `\` \${\` \${c} \`} \` + f`],
  ['a brace within a template', `\`\${{ a: 1 }.a}b\``, `\`\${{ a: 1 }.a} \``],
]

for (const [title, text, code] of cases) {
  test(`blanks out ${title} and nothing else`, () => {
    assert.equal(blankOut(text, { strings: true }), code)
  })
}

test('leaves strings alone when only comments are to go', () => {
  assert.equal(blankOut(`a('b') // c`, { strings: false }), `a('b')     `)
})

test('keeps every line break and the length of the text', () => {
  const text = readFileSync(import.meta.filename, 'utf8')
  const blanked = blankOut(text, { strings: true })
  assert.equal(blanked.length, text.length)
  assert.equal(blanked.split('\n').length, text.split('\n').length)
})

test('leaves this very file a program', () => {
  const blanked = blankOut(readFileSync(import.meta.filename, 'utf8'), { strings: false })
  assert.doesNotThrow(() => stripTypeScriptTypes(blanked))
  assert.ok(blanked.includes(BACKTICK))
})
