/**
 * The `warm` probe: asks for a sample of URLs, a few at once, and says how large a share of them came
 * from a cache. Asking for something is also a use of it, so a cache that fills itself gets warmer by
 * being asked; what is counted is only what each URL was the first time within one asking.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import type { ExchangeFacts } from '../exchange/assess-exchange.ts'
import { exchangeFollowing } from '../exchange/exchange-following.ts'
import type { Expectation } from '../exchange/expectation.ts'
import { limitTo } from '../exchange/limit-to.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessWarm } from './assess-warm.ts'
import { readWarmInput, type WarmInput } from './warm-input.ts'

/** A URL that takes this much longer than it may is not waited for, so that others get their turn. */
const PATIENCE = { times: 10, leastMs: 1_000 }

/** Asks for a sample of what should be cached. */
export class WarmProbe implements Probe {
  readonly kind = 'warm'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readWarmInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const asked = await askAll(input, asking.signal)
    const latencyMs = elapsedMs(startedMs, performance.now())
    return assessWarm(input, { asked, latencyMs })
  }
}

/** In the order of the URLs; what is undefined was not asked in time. */
async function askAll(
  input: WarmInput,
  signal: AbortSignal,
): Promise<readonly (ExchangeFacts | undefined)[]> {
  const asked: (ExchangeFacts | undefined)[] = input.expectations.map(() => undefined)
  const waiting = input.expectations.entries()
  const askOneByOne = async (): Promise<void> => {
    for (const [index, expectation] of waiting) {
      if (signal.aborted) return
      asked[index] = await askFor(expectation, input, signal)
    }
  }
  await Promise.all(Array.from({ length: input.atOnce }, askOneByOne))
  return asked
}

async function askFor(
  expectation: Expectation,
  { withinMs }: WarmInput,
  signal: AbortSignal,
): Promise<ExchangeFacts> {
  const patienceMs = withinMs === 0 ? 0 : Math.max(withinMs * PATIENCE.times, PATIENCE.leastMs)
  const limit = limitTo(patienceMs, signal)
  try {
    return await exchangeFollowing(expectation, {}, limit.signal)
  } finally {
    limit.release()
  }
}
