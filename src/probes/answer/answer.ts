/** Answers: the four ways in which a probe may answer, each written in one line. */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'

/** What every answer says besides its verdict. */
export interface Findings {
  /** One kebab-case word for grouping. */
  readonly reason: string
  /** A sentence with the numbers. */
  readonly sentence: string
  /** What was seen, redacted. */
  readonly evidence: JsonObject
}

/** The answer is good. */
export function passed(findings: Findings): Answer {
  return { verdict: 'passed', outlook: 'notYet', ...findings }
}

/** The answer is bad, and asking again may give a better one. */
export function notYet(findings: Findings): Answer {
  return { verdict: 'failed', outlook: 'notYet', ...findings }
}

/** The answer is bad, and asking again will not give a better one. */
export function terminal(findings: Findings): Answer {
  return { verdict: 'failed', outlook: 'terminal', ...findings }
}

/** There is too little to tell; asking again may find more. */
export function inconclusive(findings: Findings): Answer {
  return { verdict: 'inconclusive', outlook: 'notYet', ...findings }
}

/** The question could not be asked. */
export function errored(outlook: Answer['outlook'], findings: Findings): Answer {
  return { verdict: 'errored', outlook, ...findings }
}

/** The question makes no sense, now that its templates are resolved. */
export function malformedInput(mistake: string): Answer {
  return errored('terminal', {
    reason: 'malformed-input',
    sentence: `The probe cannot ask: ${mistake}`,
    evidence: {},
  })
}

/** A latency for people: `0.84 ms`, `12 ms`, `1500 ms`. */
export function printLatency(latencyMs: number): string {
  return latencyMs < 10 ? `${Number(latencyMs.toFixed(2))} ms` : `${Math.round(latencyMs)} ms`
}

/** Milliseconds since `startedMs` of `performance.now()`, to a hundredth. */
export function elapsedMs(startedMs: number, nowMs: number): number {
  return Math.round((nowMs - startedMs) * 100) / 100
}
