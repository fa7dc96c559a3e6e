import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFault } from '../fault/fault.ts'
import { parseChange, printChange } from './change.ts'

const WRITTEN = [
  'db 2x',
  'db 0.5x',
  'eu/db 1.25x',
  'db 500ms',
  'db 1m30s',
  'db holdFor 0ms',
  'a->b started',
  'eu/a->us/b completed',
  'without a->b',
  'cores 2',
]

for (const text of WRITTEN) {
  test(`${text} is printed as it is read`, () => {
    assert.equal(printChange(parseChange(text)), text)
  })
}

test('spaces around an arrow do not matter', () => {
  assert.equal(printChange(parseChange('  a -> b  provisional ')), 'a->b provisional')
})

for (const text of [
  '',
  'db',
  'db twice',
  'a->b',
  'a->b soon',
  'without',
  'cores 0',
  'db 2.5555x',
]) {
  test(`"${text}" is refused with what may be written`, () => {
    assert.throws(
      () => parseChange(text),
      (error) => isFault(error, 'forecast-malformed') || isFault(error, 'unit-malformed'),
    )
  })
}
