/**
 * The `http` probe: asks a URL and judges status, headers and body. It follows no redirect that it
 * was not told to follow, reads no more than it was told to read, and uses no proxy. All of it is
 * shared with the other probes that ask by HTTP, in src/probes/exchange/.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { malformedInput } from '../answer/answer.ts'
import { assessExchange } from '../exchange/assess-exchange.ts'
import { exchangeFollowing } from '../exchange/exchange-following.ts'
import { readExpectation } from '../exchange/expectation.ts'
import { InputReader } from '../input/input-reader.ts'

/** Asks by HTTP/1.1. */
export class HttpProbe implements Probe {
  readonly kind = 'http'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readExpectation(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    return assessExchange(input, await exchangeFollowing(input, {}, asking.signal))
  }
}
