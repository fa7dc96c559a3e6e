/**
 * Judges a sample of answers. Each is warm, or a miss for one reason: that of src/probes/exchange/ when
 * it is not as expected, `slow` when it came too late, `timed-out` when it did not come at all.
 *
 * | found | answer |
 * |---|---|
 * | a share of warm ones that is large enough | passed: warm |
 * | so many terminal misses that it can never be | failed, terminal: the reason of the first |
 * | misses of one reason only, and not of being cold | failed, notYet: that reason |
 * | too many misses | failed, notYet: cold |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { printShare, WHOLE_BP } from '../../core/units/share.ts'
import { notYet, passed, printLatency, terminal } from '../answer/answer.ts'
import { assessExchange, type ExchangeFacts } from '../exchange/assess-exchange.ts'
import type { Expectation } from '../exchange/expectation.ts'
import { printUrl } from '../redaction/redact.ts'
import type { WarmInput } from './warm-input.ts'

/** What one attempt saw. */
export interface WarmFacts {
  /** In the order of the URLs; undefined when there was no time to ask. */
  readonly asked: readonly (ExchangeFacts | undefined)[]
  readonly latencyMs: number
}

interface Miss {
  readonly url: string
  readonly reason: string
  readonly outlook: Answer['outlook']
  readonly sentence: string
  readonly latencyMs?: number
}

const MISSES_SHOWN_MAX = 20
/** What a server that works but is cold answers with. */
const COLD = new Set(['slow', 'wrong-header'])

/** Judges what one attempt saw. */
export function assessWarm(input: WarmInput, facts: WarmFacts): Answer {
  const urlCount = input.expectations.length
  const misses = input.expectations.flatMap((expectation, index) => {
    const miss = findMiss(expectation, input, facts.asked[index])
    return miss === undefined ? [] : [miss]
  })
  const shareBp = shareOf(urlCount - misses.length, urlCount)
  const evidence = evidenceOf(facts, misses, shareBp)
  const least = printShare(input.leastBp)
  const counted = `${urlCount - misses.length} of ${urlCount} URLs (${printShare(shareBp)})`
  const sentence = `${counted} were warm within ${printLatency(facts.latencyMs)}`
  const [first] = misses
  if (shareBp >= input.leastBp || first === undefined) {
    return passed({ reason: 'warm', sentence: `${sentence}; ${least} expected.`, evidence })
  }
  const says = `${sentence}; ${least} expected. First: ${first.sentence}`
  const lost = misses.filter(({ outlook }) => outlook === 'terminal')
  if (shareOf(urlCount - lost.length, urlCount) < input.leastBp) {
    return terminal({ reason: lost[0]?.reason ?? first.reason, sentence: says, evidence })
  }
  const isOneReason = misses.every(({ reason }) => reason === first.reason)
  const reason = isOneReason && !COLD.has(first.reason) ? first.reason : 'cold'
  return notYet({ reason, sentence: says, evidence })
}

function findMiss(
  expectation: Expectation,
  { withinMs }: WarmInput,
  facts: ExchangeFacts | undefined,
): Miss | undefined {
  const url = printUrl(expectation.url)
  if (facts === undefined) {
    const sentence = `${expectation.method} ${url} was not asked in time.`
    return { url, reason: 'timed-out', outlook: 'notYet', sentence }
  }
  const { latencyMs } = facts
  const { verdict, reason, outlook, sentence } = assessExchange(expectation, facts)
  if (verdict !== 'passed') return { url, reason, outlook, sentence, latencyMs }
  if (withinMs === 0 || latencyMs <= withinMs) return undefined
  const late = sentence.replace(/\.$/, `; ${withinMs} ms at most expected.`)
  return { url, reason: 'slow', outlook: 'notYet', sentence: late, latencyMs }
}

function evidenceOf(facts: WarmFacts, misses: readonly Miss[], shareBp: number): JsonObject {
  const latencies = facts.asked
    .filter((one) => one?.exchange.status !== undefined)
    .map((one) => one?.latencyMs ?? 0)
    .sort((one, other) => one - other)
  return {
    latencyMs: facts.latencyMs,
    urlCount: facts.asked.length,
    warmCount: facts.asked.length - misses.length,
    shareBp,
    ...(latencies.length === 0
      ? {}
      : { latencyMsP50: percentile(latencies, 50), latencyMsP95: percentile(latencies, 95) }),
    missCount: misses.length,
    misses: misses.slice(0, MISSES_SHOWN_MAX).map(({ url, reason, latencyMs }) => ({
      url,
      reason,
      ...(latencyMs === undefined ? {} : { latencyMs }),
    })),
  }
}

/** Rounded down, so that nearly all is not all. */
function shareOf(count: number, whole: number): number {
  return Math.floor((count * WHOLE_BP) / whole)
}

/** The nearest rank. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0
}
