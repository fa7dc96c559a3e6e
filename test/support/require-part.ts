/**
 * For tests that need a real part (a server, a browser, a privilege) which not every machine has. On
 * a laptop the test is skipped and says how to get the part; where `RAMPART_REQUIRE_ALL=1`, as in
 * CI, a missing part is a failure, so that nothing goes untested unnoticed.
 */
import { AssertionFailure } from '../../src/core/fault/assert.ts'

/** What `test()` takes as its options. */
export interface PartOptions {
  readonly skip: string | false
}

/**
 * Options for a test that needs a part: `test('…', requirePart('redis', found, 'apt-get install
 * redis-server'), …)`.
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
