import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseContracts } from '../index.ts'
import { Draft } from './draft/draft.ts'
import { goDurationMs } from './draft/durations.ts'
import { interpolate } from './draft/interpolate.ts'
import { patternOf, shellCommand, variablesOf } from './draft/words.ts'
import { type ImportFormat, importContract, recogniseFormat } from './import-contract.ts'
import { Losses } from './losses.ts'
import { printContract } from './print-contract.ts'
import { readItems } from './source/read-items.ts'

function read(text: string) {
  const losses = new Losses()
  return { ...readItems(text, losses), losses }
}

function imported(format: ImportFormat, text: string) {
  return importContract({ format, text, name: 'shop', file: 'file' })
}

describe('reading items', () => {
  it('tells every key that nobody looked at, with its place', () => {
    const { items, losses } = read('a:\n  b: 1\n  c: [x, { d: 2 }]\ne: 3\n')
    items[0]?.at('a', 'b')?.count()
    items[0]?.loseUnread(() => 'unread')
    const told = losses.sorted().map(({ line, column, what }) => `${line}:${column} ${what}`)
    assert.deepEqual(told, ['3:3 a.c', '4:1 e'])
  })

  it('takes merge keys in, the first of several counting and own keys before all', () => {
    const { items } = read(
      'x: &x { a: 1, b: 1 }\ny: &y { b: 2, c: 2 }\nz: { <<: [*x, *y], c: 3 }\n',
    )
    const z = items[0]?.get('z')
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => z?.get(key)?.text()),
      ['1', '1', '3'],
    )
  })

  it('refuses aliases that never end, or multiply beyond the limit', () => {
    assert.match(read('a: &a { b: *a }\n').problem?.message ?? '', /never end/)
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef'].map((pair) => [...pair])) {
      lines.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`)
    }
    assert.match(read(lines.join('\n')).problem?.message ?? '', /100000 values/)
  })

  it('says where a file is no YAML, too deep or too long', () => {
    const { problem } = read('a: 1\nb: [1, 2\nc: 3\n')
    assert.equal(problem?.line !== undefined && problem.line > 1, true)
    assert.match(read('['.repeat(70)).problem?.message ?? '', /brackets/)
    assert.match(read(`a: ${'x'.repeat(1_048_577)}`).problem?.message ?? '', /characters/)
    assert.match(read('# nothing\n').problem?.message ?? '', /nothing/)
  })
})

describe('words of other tools', () => {
  it('reads durations of Go, and says what is none', () => {
    const ms = (text: string) => goDurationMs(read(`a: ${text}`).items[0]?.get('a'))
    assert.deepEqual(
      ['1m30s', '1.5h', '0', '250ms', '100us'].map(ms),
      [90_000, 5_400_000, 0, 250, 1],
    )
    const often = read('a: often')
    assert.equal(goDurationMs(often.items[0]?.get('a')), undefined)
    assert.equal(often.losses.sorted().length, 1)
  })

  it('makes settings of variables, and keeps secrets secret', () => {
    const draft = new Draft()
    const item = read('a: 1').items[0]
    assert.ok(item !== undefined)
    const text = interpolate(`a $B \${C:-c} $$D $\${E} \${PASSWORD:?no}`, {
      draft,
      item,
      unset: '',
    })
    assert.equal(text, `a \${settings.B} \${settings.C} $D $\${E} \${settings.PASSWORD}`)
    const { spec } = draft.document('x') as { spec: { settings: unknown } }
    assert.deepEqual(spec.settings, {
      B: { from: 'B', default: '' },
      C: { from: 'C', default: 'c' },
      PASSWORD: { from: 'PASSWORD', secret: true },
    })
  })

  it('keeps what a shell would fill in for the shell', () => {
    assert.deepEqual(shellCommand(`run -p $PORT`), ['sh', '-c', 'exec run -p $PORT'])
    assert.deepEqual(shellCommand('a && b'), ['sh', '-c', 'a && b'])
    assert.deepEqual(variablesOf(`\${A:-1} $B $B $1`), ['A', 'B'])
    assert.equal(patternOf('a.b (c)'), 'a\\.b \\(c\\)')
  })
})

describe('importing', () => {
  it('recognises formats by name and by content', () => {
    const byName: readonly (readonly [string, ImportFormat])[] = [
      ['compose.yaml', 'compose'],
      ['docker-compose.prod.yml', 'compose'],
      ['process-compose.yaml', 'process-compose'],
      ['Procfile.dev', 'procfile'],
      ['goss.yaml', 'goss'],
    ]
    for (const [name, format] of byName) assert.equal(recogniseFormat(name, ''), format)
    assert.equal(recogniseFormat('a.yaml', 'services:\n  a: {}\n'), 'compose')
    assert.equal(recogniseFormat('a.yaml', 'processes:\n  a: {}\n'), 'process-compose')
    assert.equal(recogniseFormat('a.yaml', 'apiVersion: v1\nkind: Pod\n'), 'kubernetes')
    assert.equal(recogniseFormat('a.yaml', 'port:\n  tcp:22: {}\n'), 'goss')
    assert.equal(recogniseFormat('a.yaml', 'hello: world\n'), undefined)
  })

  it('says so when there is nothing in a file', () => {
    for (const format of ['compose', 'process-compose', 'kubernetes', 'goss'] as const) {
      assert.match(imported(format, 'hello: world\n').problem?.message ?? '', /nothing in it/)
    }
  })

  it('quotes words that other readers of YAML would take for something else', () => {
    const { document } = imported('procfile', 'worker: yes\n')
    assert.ok(document !== undefined)
    const text = printContract({ ...document, metadata: { name: 'shop', description: 'on' } })
    assert.match(text, /description: "on"/)
    assert.deepEqual(parseContracts([{ path: 'a', text }]).issues, [])
  })
})
