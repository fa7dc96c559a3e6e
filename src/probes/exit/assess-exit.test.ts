import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assessExit } from './assess-exit.ts'

function sentenceFor(lastErrors: readonly string[]): string {
  const ended = { status: 'exited', pid: 7, startedAtMs: 0, endedAtMs: 40, code: 1 } as const
  return assessExit('running', { ...ended, lastErrors }, 50).sentence
}

const ENDED = 'The process exited with 1 after 40 ms; it should keep running.'

describe('the last error of a process that ended', () => {
  it('is the line that tells, not the frames and the version that Node writes below it', () => {
    const lines = [
      'file:///shop/api.ts:3',
      "    throw new PriceListTorn('no')",
      '          ^',
      '',
      'PriceListTorn: the price list could not be read',
      '    at load (file:///shop/api.ts:3:11) {',
      "  code: 'ETORN'",
      '}',
      '',
      'Node.js v24.21.0',
    ]
    const sentence = `${ENDED} Its last error: PriceListTorn: the price list could not be read`
    assert.equal(sentenceFor(lines), sentence)
  })

  it('is the last line of a traceback of Python', () => {
    const lines = ['Traceback (most recent call last):', '  File "a.py", line 1', 'ValueError: bad']
    assert.equal(sentenceFor(lines), `${ENDED} Its last error: ValueError: bad`)
  })

  it('is whatever there is when no line tells', () => {
    assert.equal(sentenceFor(['  42', '']), `${ENDED} Its last error:   42`)
    assert.equal(sentenceFor(['', '  ']), ENDED)
  })
})
