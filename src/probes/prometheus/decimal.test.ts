import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compareDecimals, parseBound, parseDecimal } from './decimal.ts'

function order(one: string, other: string): number | undefined {
  const [left, right] = [parseBound(one), parseBound(other)]
  return left && right && compareDecimals(left, right)
}

describe('exact decimals', () => {
  it('are compared digit by digit', () => {
    assert.equal(order('0.1', '0.10'), 0)
    assert.equal(order('0.30000000000000004', '0.3'), 1)
    assert.equal(order('9007199254740993', '9007199254740992'), 1)
    assert.equal(order('1e-5', '0.00001'), 0)
    assert.equal(order('-2', '-1.5'), -1)
    assert.equal(order('+Inf', '1e300'), 1)
    assert.equal(order('-Inf', '+Inf'), -2)
  })

  it('are also written as durations in seconds, and as shares', () => {
    assert.equal(order('250ms', '0.25'), 0)
    assert.equal(order('1m30s', '90'), 0)
    assert.equal(order('2%', '0.02'), 0)
  })

  it('are not read out of what is no number', () => {
    for (const text of ['NaN', '', '1.2.3', '0x10', '1e9999']) {
      assert.equal(parseDecimal(text), undefined)
    }
  })

  it('are ordered as whole numbers are', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (one, other) => {
        assert.equal(order(`${one}`, `${other}`), Math.sign(one - other) + 0)
      }),
    )
  })
})
