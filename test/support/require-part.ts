/**
 * For tests that need a real part (a server, a browser, a privilege) which not every machine has. On
 * a laptop the test is skipped and says how to get the part; where `RAMPART_REQUIRE_ALL=1`, as in
 * CI, a missing part is a failure, so that nothing goes untested unnoticed.
 */
import { AssertionFailure, present } from '../../src/core/fault/assert.ts'
import { findPart, howToGet, REAL_PARTS } from './real-parts.ts'

/** What `test()` takes as its options. */
export interface PartOptions {
  readonly skip: string | false
}

/**
 * Options for a test that needs a part: `test('…', requirePart('root', isRoot, 'sudo npm test'), …)`.
 *
 * @throws AssertionFailure when the part is missing and every part is required.
 */
export function requirePart(name: string, found: boolean, how: string): PartOptions {
  if (found) return { skip: false }
  if (process.env['RAMPART_REQUIRE_ALL'] === '1') {
    throw new AssertionFailure(`${name} is required here and was not found; get it with: ${how}`)
  }
  return { skip: `${name} was not found; get it with: ${how}` }
}

/** Like {@link requirePart}, for a part of {@link REAL_PARTS}. */
export function requireRealPart(name: string): PartOptions {
  const part = present(
    REAL_PARTS.find((candidate) => candidate.name === name),
    `${name} is in the list of real parts`,
  )
  return requirePart(name, findPart(part) !== undefined, howToGet(part))
}
