/**
 * Judges what Prometheus answered. The first row that fits counts. Prometheus is only the witness:
 * when it cannot be asked, nothing is known of what it measures, so nothing here fails but a value.
 *
 * | found | answer |
 * |---|---|
 * | no connection, as src/probes/connection says | errored, with its reason and outlook |
 * | a query that is not PromQL (400) | errored, terminal: malformed-query |
 * | 401, 407 | errored, terminal: unauthorized |
 * | 503, as while it reads its log | errored, notYet: unavailable |
 * | another error of the query | errored, notYet: query-failed |
 * | something that is not Prometheus | errored, notYet: not-prometheus |
 * | a range or a text | errored, terminal: incomparable |
 * | a warning: it does not know everything | inconclusive: partial |
 * | no value | inconclusive: absent |
 * | samples that are older than maxAge, or cannot be dated | inconclusive: stale |
 * | NaN, or a histogram | inconclusive: not-a-number |
 * | a value beyond a bound | failed, notYet: out-of-bounds |
 * | everything as expected | passed: measured |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import {
  errored,
  type Findings,
  inconclusive,
  notYet,
  passed,
  printLatency,
} from '../answer/answer.ts'
import { assessFailedAttempt, printFailedAddresses } from '../connection/connection-failure.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { redactDocument, redactText } from '../redaction/redact.ts'
import { compareDecimals, parseDecimal } from './decimal.ts'
import type { Bound, Comparison, PrometheusInput } from './prometheus-input.ts'
import { type Result, readResult, type Sample } from './read-result.ts'

/** What one attempt saw. */
export interface PrometheusFacts {
  readonly values: Exchange
  /** The ages of what the query is made of; absent when it is made of nothing that was sampled. */
  readonly ages?: Exchange
  readonly latencyMs: number
}

const SAMPLES_SHOWN_MAX = 20
const QUERY_LENGTH_MAX = 120

const HOLDS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  above: (order) => order > 0,
  atLeast: (order) => order >= 0,
  below: (order) => order < 0,
  atMost: (order) => order <= 0,
}
const WORDS: Readonly<Record<Comparison, string>> = {
  above: 'above',
  atLeast: 'at least',
  below: 'below',
  atMost: 'at most',
}

/** Judges what one attempt saw. */
export function assessPrometheus(input: PrometheusInput, facts: PrometheusFacts): Answer {
  const host = `Prometheus ${input.url.host}`
  const text = input.query.replace(/\s+/g, ' ')
  const query = redactText(
    text.length > QUERY_LENGTH_MAX ? `${text.slice(0, QUERY_LENGTH_MAX)}…` : text,
  )
  const { values, ages = values } = facts
  const unasked = assessUnasked(host, values, facts) ?? assessUnasked(host, ages, facts)
  if (unasked !== undefined) return unasked
  const result = readResult(values.body)
  const age = facts.ages === undefined ? undefined : readResult(facts.ages.body)
  const unusable = assessUnusable(host, values, result, facts)
  if (unusable !== undefined) return unusable
  const samples = samplesOf(result)
  const ageMs = oldestMs(age)
  const evidence = evidenceOf(samples, ageMs, facts)
  const say = (reason: string, says: string): Findings => ({
    reason,
    sentence: redactText(
      `${host} says ${says} (${query}, asked within ${printLatency(facts.latencyMs)}).`,
    ),
    evidence,
  })
  const thin = findThin(input, result, samples, ageMs)
  if (thin !== undefined) return inconclusive(say(thin.reason, thin.says))
  for (const sample of samples) {
    const broken = input.bounds.find((bound) => !holds(bound, sample))
    if (broken === undefined) continue
    const says = `${sample.value}${printLabels(sample)}; ${WORDS[broken.comparison]} ${broken.text} expected`
    return notYet(say('out-of-bounds', says))
  }
  return passed(say('measured', printValues(samples)))
}

function assessUnasked(host: string, asked: Exchange, facts: PrometheusFacts): Answer | undefined {
  const { failure, status = 0 } = asked
  const latency = printLatency(facts.latencyMs)
  const evidence = evidenceOf([], undefined, facts)
  if (failure !== undefined) {
    const attempt = { code: failure, subject: host, latency, evidence: { ...evidence, failure } }
    const answer = assessFailedAttempt(attempt)
    if (answer !== undefined) return { ...answer, verdict: 'errored' }
    const reason = failure === 'CA_UNREADABLE' ? 'malformed-input' : 'not-prometheus'
    const outlook = failure === 'CA_UNREADABLE' ? 'terminal' : 'notYet'
    const sentence = `${host} could not be asked: ${failure} after ${latency}.`
    return errored(outlook, { reason, sentence, evidence: { ...evidence, failure } })
  }
  if (status !== 401 && status !== 407) return undefined
  const sentence = `${host} answered ${status} after ${latency}: the credentials are not accepted.`
  return errored('terminal', { reason: 'unauthorized', sentence, evidence })
}

function assessUnusable(
  host: string,
  asked: Exchange,
  result: Result,
  facts: PrometheusFacts,
): Answer | undefined {
  const { status = 0 } = asked
  const evidence = { ...evidenceOf([], undefined, facts), status }
  const err = (outlook: Answer['outlook'], reason: string, says: string): Answer =>
    errored(outlook, { reason, sentence: `${host} ${says}.`, evidence })
  if (result.kind === 'incomparable') {
    return err('terminal', 'incomparable', `gives a ${result.type}; a vector or a number expected`)
  }
  if (result.kind === 'refused') {
    const says = `says: ${redactText(result.message).slice(0, 300)}`
    if (result.errorType === 'bad_data') return err('terminal', 'malformed-query', says)
    return err('notYet', status === 503 ? 'unavailable' : 'query-failed', says)
  }
  if (status === 503) return err('notYet', 'unavailable', 'answers 503: it has not started yet')
  if (result.kind === 'foreign' || status !== 200) {
    return err('notYet', 'not-prometheus', `answers ${status} with something else than a result`)
  }
  return undefined
}

interface Thin {
  readonly reason: string
  readonly says: string
}

function findThin(
  input: PrometheusInput,
  result: Result,
  samples: readonly Sample[],
  ageMs: number | undefined,
): Thin | undefined {
  const warning = result.kind === 'samples' ? result.warnings[0] : undefined
  if (warning !== undefined) {
    return { reason: 'partial', says: `it does not know all: ${redactText(warning).slice(0, 200)}` }
  }
  if (samples.length === 0) return { reason: 'absent', says: 'nothing: no value was measured' }
  if (ageMs !== undefined && !(ageMs <= input.maxAgeMs)) {
    const age = Number.isFinite(ageMs) ? `${ageMs} ms old` : 'in part absent or cannot be dated'
    const says = `what it is made of is ${age}; at most ${input.maxAgeMs} ms expected`
    return { reason: 'stale', says }
  }
  const odd = samples.find(({ value }) => parseDecimal(value ?? '') === undefined)
  if (odd === undefined) return undefined
  return { reason: 'not-a-number', says: `${odd.value ?? 'a histogram'}${printLabels(odd)}` }
}

function holds(bound: Bound, sample: Sample): boolean {
  const decimal = parseDecimal(sample.value ?? '')
  return decimal !== undefined && HOLDS[bound.comparison](compareDecimals(decimal, bound.decimal))
}

/** Infinite when one of the series is absent, or when their age could not be found out. */
function oldestMs(age: Result | undefined): number | undefined {
  if (age === undefined) return undefined
  const ages = samplesOf(age).map(({ value = 'NaN' }) =>
    value === '+Inf' ? Number.POSITIVE_INFINITY : Math.round(Number(value) * 1_000),
  )
  return ages.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ages)
}

function samplesOf(result: Result): readonly Sample[] {
  return result.kind === 'samples' ? result.samples : []
}

function printValues(samples: readonly Sample[]): string {
  const [first] = samples
  if (samples.length === 1) return first?.value ?? ''
  const shown = samples.slice(0, 3).map((sample) => `${sample.value}${printLabels(sample)}`)
  return `${samples.length} values: ${shown.join(', ')}${samples.length > 3 ? ', …' : ''}`
}

function printLabels({ labels }: Sample): string {
  const names = Object.entries(labels).filter(([name]) => name !== '__name__')
  if (names.length === 0) return ''
  return ` of {${names.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`
}

function evidenceOf(
  samples: readonly Sample[],
  ageMs: number | undefined,
  { values, latencyMs }: PrometheusFacts,
): JsonObject {
  const shown = samples.slice(0, SAMPLES_SHOWN_MAX).map(({ labels, value }) => ({
    labels,
    value: numberOf(value),
  }))
  const [only] = samples.length === 1 ? shown : []
  return {
    latencyMs,
    ...values.connected,
    ...(values.failed.length === 0 ? {} : { failed: printFailedAddresses(values.failed) }),
    seriesCount: samples.length,
    samples: redactDocument(shown, []),
    ...(only === undefined ? {} : { value: only.value }),
    ...(ageMs === undefined || !Number.isFinite(ageMs) ? {} : { ageMs }),
  }
}

/** A number for expressions; infinities and histograms stay texts, for JSON has none. */
function numberOf(value: string | undefined): number | string {
  const number = Number(value)
  return Number.isFinite(number) ? number : (value ?? 'histogram')
}
