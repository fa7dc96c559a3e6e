/**
 * Takes one step of a journey: asks, judges, keeps what is to be kept. A step with `within` is asked
 * again, ever more slowly, until it is good; waiting for something is no flake.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Json } from '../../core/units/json.ts'
import { elapsedMs, errored, notYet } from '../answer/answer.ts'
import { parseDocument } from '../document/parse-document.ts'
import { assessExchange, type ExchangeFacts } from '../exchange/assess-exchange.ts'
import { exchangeFollowing } from '../exchange/exchange-following.ts'
import { valueAt } from '../exchange/json-path.ts'
import { limitTo } from '../exchange/limit-to.ts'
import { findFirstGroup } from '../pattern/pattern.ts'
import { pauseUnlessAborted } from './pause.ts'
import type { Captured } from './placeholders.ts'
import { type Capture, fillStep, type Step } from './smoke-input.ts'

/** One step that was taken. */
export interface TakenStep {
  readonly name: string
  /** Of the last try. */
  readonly answer: Answer
  readonly status?: number
  /** Of the last try. @unit ms */
  readonly latencyMs: number
  /** With all tries and the pauses between them. @unit ms */
  readonly tookMs: number
  readonly tries: number
  /** What was kept, when it is good. */
  readonly kept: Captured
  /** The beginning of the body that came with an error. */
  readonly said?: string
}

type Try = Pick<TakenStep, 'answer' | 'status' | 'latencyMs' | 'kept' | 'said'>

/** The pauses of a step that is repeated. @unit ms */
const PAUSE = { firstMs: 10, mostMs: 250 }
const SAID_LENGTH_MAX = 500

/** Takes a step, at least once; never rejects. */
export async function takeStep(
  step: Step,
  captured: Captured,
  signal: AbortSignal,
): Promise<TakenStep> {
  const startedMs = performance.now()
  const limit = limitTo(step.withinMs, signal)
  let tries = 0
  let last: Try | undefined
  try {
    for (let pauseMs = PAUSE.firstMs; ; pauseMs = Math.min(pauseMs * 2, PAUSE.mostMs)) {
      const tried = await tryStep(step, captured, limit.signal)
      tries += 1
      // What was cut off says less than the answer before it.
      const isCutOff = limit.signal.aborted && tried.status === undefined
      last = isCutOff && last !== undefined ? last : tried
      const { verdict, outlook } = last.answer
      if (verdict === 'passed' || outlook === 'terminal' || step.withinMs === 0) break
      if (!(await pauseUnlessAborted(pauseMs, limit.signal))) break
    }
  } finally {
    limit.release()
  }
  return { name: step.name, ...last, tries, tookMs: elapsedMs(startedMs, performance.now()) }
}

async function tryStep(step: Step, captured: Captured, signal: AbortSignal): Promise<Try> {
  const kept = new Map<string, Json>()
  const filled = fillStep(step, captured)
  if ('mistake' in filled) {
    const sentence = `it cannot be asked with what was captured: ${filled.mistake}`
    const findings = { reason: 'malformed-input', sentence, evidence: {} }
    return { answer: errored('notYet', findings), latencyMs: 0, kept }
  }
  const { expectation, body } = filled
  const facts = await exchangeFollowing(expectation, body === undefined ? {} : { body }, signal)
  const judged = assessExchange(expectation, facts)
  const seen = { latencyMs: facts.latencyMs, ...statusOf(facts, judged), kept }
  if (judged.verdict !== 'passed') return { ...seen, answer: soften(judged, step) }
  for (const capture of step.captures) {
    const value = findValue(capture, facts)
    if (value === undefined) return { ...seen, answer: notCaptured(capture, judged) }
    kept.set(capture.name, value)
  }
  return { ...seen, answer: judged }
}

/** What was asked with captured values may be answered otherwise with the values of another run. */
function soften(answer: Answer, step: Step): Answer {
  return step.needs.length === 0 ? answer : { ...answer, outlook: 'notYet' }
}

function notCaptured({ name, from, pattern }: Capture, answer: Answer): Answer {
  const matching = pattern === undefined ? '' : ` that matches /${pattern}/`
  const sentence = answer.sentence.replace(
    /\.$/,
    `, without ${name}: nothing at ${from}${matching}.`,
  )
  return notYet({ reason: 'not-captured', sentence, evidence: answer.evidence })
}

function findValue({ from, pattern }: Capture, facts: ExchangeFacts): Json | undefined {
  const found = findWhole(from, facts)
  if (typeof found === 'object' || found === undefined) return undefined
  return pattern === undefined ? found : findFirstGroup(pattern, String(found))
}

function findWhole(from: string, { exchange }: ExchangeFacts): Json | undefined {
  if (from === 'body') return exchange.body
  if (from.startsWith('header.'))
    return exchange.headers[from.slice('header.'.length).toLowerCase()]
  const document = parseDocument(exchange.body)
  return document.parsed ? valueAt(document.json, from.slice('json.'.length)) : undefined
}

function statusOf({ exchange }: ExchangeFacts, answer: Answer): Pick<Try, 'status' | 'said'> {
  const { status } = exchange
  if (status === undefined) return {}
  const { text, json } = answer.evidence
  const said = typeof text === 'string' ? text : json === undefined ? '' : JSON.stringify(json)
  return {
    status,
    ...(status >= 400 && said !== '' ? { said: said.slice(0, SAID_LENGTH_MAX) } : {}),
  }
}
