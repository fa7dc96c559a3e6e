import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findFirstGroup, findMatch, findPatternMistake, hasMatch } from './pattern.ts'

describe('patterns', () => {
  it('finds the named groups that took part', () => {
    const match = findMatch('port (?<port>\\d+)(?P<tls> tls)?', 'on port 80')
    assert.deepEqual(match, { captures: { port: '80' } })
    assert.equal(findMatch('port (?<port>\\d+)', 'on port'), undefined)
  })

  it('is found anywhere unless it is anchored', () => {
    assert.equal(hasMatch('b', 'abc'), true)
    assert.equal(hasMatch('^b', 'abc'), false)
  })

  it('gives its first group, or all of the match when it has none', () => {
    assert.equal(findFirstGroup('id=(\\d+)(x)?', 'an id=42'), '42')
    assert.equal(findFirstGroup('id=\\d+', 'an id=42'), 'id=42')
    assert.equal(findFirstGroup('a|(b)', 'a'), undefined)
    assert.equal(findFirstGroup('id', 'none'), undefined)
  })

  it('takes time in proportion to the text', () => {
    const startedMs = performance.now()
    assert.equal(hasMatch('^(a|a)*(a+)+$', `${'a'.repeat(60_000)}!`), false)
    assert.ok(performance.now() - startedMs < 2_000)
  })

  it('says what is wrong with a pattern', () => {
    assert.equal(findPatternMistake('a+'), undefined)
    assert.match(findPatternMistake('(') ?? '', /missing closing/)
    assert.match(findPatternMistake('(?=a)') ?? '', /unsupported/)
  })
})
