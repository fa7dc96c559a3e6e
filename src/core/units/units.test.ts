/** Durations, shares and digests: what is printed is read back as the same, what is odd is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf, digestOfText, shortDigest } from './digest.ts'
import { DURATION_MAX_MS, describeDuration, parseDurationMs, printDuration } from './duration.ts'
import { parseShareBp, printShare, WHOLE_BP } from './share.ts'

const MALFORMED = { code: 'unit-malformed' }

test('every duration that is printed is read back as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: DURATION_MAX_MS }), (ms) => {
      assert.equal(parseDurationMs(printDuration(ms)), ms)
    }),
  )
})

test('a duration has a unit, no fraction, and its larger units first', () => {
  assert.equal(parseDurationMs('1h30m'), 5_400_000)
  for (const text of [
    '',
    '5',
    '1.5s',
    '-1s',
    '30m1h',
    '1s1s',
    ' 1s',
    '4000d',
    '1S',
    `${'9'.repeat(400)}s`,
  ]) {
    assert.throws(() => parseDurationMs(text), MALFORMED, text)
  }
})

test('a duration is described for people to three digits', () => {
  assert.deepEqual([0, 840, 1_240, 59_900, 125_000, 3_660_000, 90_000_000].map(describeDuration), [
    '0 ms',
    '840 ms',
    '1.24 s',
    '59.9 s',
    '2 min 05 s',
    '1 h 01 min',
    '1 d 1 h',
  ])
})

test('every share that is printed is read back as the same', () => {
  for (let shareBp = 0; shareBp <= WHOLE_BP; shareBp++) {
    assert.equal(parseShareBp(printShare(shareBp)), shareBp)
  }
})

test('a share has a unit, is no finer than a basis point, and is at most the whole', () => {
  assert.equal(parseShareBp('0.25%'), 25)
  assert.equal(parseShareBp('0.5%'), 50)
  assert.equal(parseShareBp('10000bp'), WHOLE_BP)
  for (const text of ['', '25', '0.255%', '100.01%', '10001bp', '-1%', '1.5bp', '.5%', '1e2%']) {
    assert.throws(() => parseShareBp(text), MALFORMED, text)
  }
})

test('equal values have equal digests, in whatever order they were written', () => {
  assert.equal(digestOf({ a: 1, b: [true, null] }), digestOf({ b: [true, null], a: 1 }))
  assert.notEqual(digestOf({ a: 1 }), digestOf({ a: '1' }))
  // FIPS 180-4, the empty message.
  const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  assert.equal(digestOfText(''), empty)
  assert.equal(shortDigest(empty), 'e3b0c44298fc')
})
