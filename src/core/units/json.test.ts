/** Canonical JSON: what RFC 8785 demands, and what is refused instead of rounded. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../fault/fault.ts'
import { printCanonicalJson } from './json.ts'

/** The path and the finding of a refusal. */
function refusalOf(value: unknown): string {
  try {
    return `printed ${printCanonicalJson(value)}`
  } catch (thrown) {
    assert(thrown instanceof Fault)
    assert.equal(thrown.code, 'json-not-canonical')
    return thrown.hint
  }
}

/** Canonical JSON said as slowly and plainly as possible. */
function printPlainly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printPlainly).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([one], [other]) => (one < other ? -1 : 1))
  const printed = members.map(([key, member]) => `${JSON.stringify(key)}:${printPlainly(member)}`)
  return `{${printed.join(',')}}`
}

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code units and leaves no white space', () => {
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '1': 3,
      '\u{1F600}': 4,
      '\u0080': 5,
      '\ufb33': 6,
      '10': 7,
    }
    const printed = '{"\\r":2,"1":3,"10":7,"\u0080":5,"\u20ac":1,"\u{1F600}":4,"\ufb33":6}'
    assert.equal(printCanonicalJson(value), printed)
  })

  it('prints numbers as ECMAScript does', () => {
    const numbers = [0, -0, 1e-7, 0.1, -1.5, Number.MAX_SAFE_INTEGER]
    assert.equal(printCanonicalJson(numbers), '[0,0,1e-7,0.1,-1.5,9007199254740991]')
  })

  it('leaves out members that are undefined', () => {
    assert.equal(printCanonicalJson({ a: undefined, b: [], c: {} }), '{"b":[],"c":{}}')
  })

  it('prints what a plain printer prints, and what reads back as the same value', () => {
    const value = fc.jsonValue({ noUnicodeString: false, maxDepth: 4 })
    fc.assert(
      fc.property(value, (json) => {
        const refusal = refusalOf(json)
        // Integers beyond 2^53 are refused; everything else agrees.
        if (!refusal.startsWith('printed ')) return assert.match(refusal, /beyond 2\^53/)
        const printed = refusal.slice('printed '.length)
        assert.equal(printed, printPlainly(json))
        assert.equal(printCanonicalJson(JSON.parse(printed)), printed)
      }),
    )
  })

  it('sorts objects of few keys and of many alike', () => {
    const keys = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 3 }), { maxLength: 40 })
    fc.assert(
      fc.property(keys, (names) => {
        const object = Object.fromEntries(names.map((name, index) => [name, index]))
        assert.equal(printCanonicalJson(object), printPlainly(object))
      }),
    )
  })

  it('refuses what JSON cannot carry exactly, and says where it stands', () => {
    const refusals: readonly (readonly [unknown, RegExp])[] = [
      [{ a: [1, Number.NaN] }, /^\$\.a\[1\] holds NaN;/],
      [Number.POSITIVE_INFINITY, /^\$ holds Infinity;/],
      [{ a: { b: 2 ** 53 } }, /^\$\.a\.b holds 9007199254740992, an integer beyond 2\^53;/],
      [[10n], /^\$\[0\] holds the big integer 10;/],
      [{ a: '\ud800' }, /^\$\.a holds a string with a lone surrogate;/],
      [{ x: { '\udc00': 1 } }, /^\$\.x holds a string with a lone surrogate;/],
      [{ a: new Date(0) }, /^\$\.a holds a object;/],
      [{ a: () => 1 }, /^\$\.a holds a function;/],
      [[undefined], /^\$\[0\] holds a undefined;/],
      [new Array(1), /^\$\[0\] holds a undefined;/],
      [undefined, /^\$ holds a undefined;/],
    ]
    for (const [value, hint] of refusals) assert.match(refusalOf(value), hint)
  })
})
