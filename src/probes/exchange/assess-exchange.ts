/**
 * Judges one HTTP answer. The first row that fits counts; failures to connect and of TLS are judged
 * by src/probes/connection/connection-failure.ts.
 *
 * | found | answer |
 * |---|---|
 * | something that is not HTTP | failed, notYet: not-http |
 * | no end of the answer in time | failed, notYet: timed-out |
 * | a body, or headers, over the limit | failed, notYet: body-too-large, headers-too-large |
 * | a redirect that was not asked for, or one too many | failed, notYet: redirected |
 * | 401, 407: credentials do not get better by asking again | failed, terminal: unauthorized |
 * | any other status that is not expected | failed, notYet: wrong-status |
 * | a header that does not match | failed, notYet: wrong-header |
 * | a body that is not JSON, though it says so or must be | failed, notYet: not-json |
 * | a body that does not match | failed, notYet: wrong-body |
 * | a value of its JSON that is absent or does not match | failed, notYet: wrong-json |
 * | everything as expected | passed: answered |
 *
 * 403, 404 and 405 are not terminal: routes are often mounted, and grants often made, after a server
 * has begun to answer, and a stage that fails too early costs more than one that waits.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { errored, type Findings, notYet, passed, printLatency, terminal } from '../answer/answer.ts'
import { assessFailedAttempt, printFailedAddresses } from '../connection/connection-failure.ts'
import { parseDocument } from '../document/parse-document.ts'
import { hasMatch } from '../pattern/pattern.ts'
import {
  printUrl,
  redactDocument,
  redactSecrets,
  redactText,
  secretsOf,
} from '../redaction/redact.ts'
import type { Exchange } from './exchange.ts'
import type { Expectation } from './expectation.ts'
import { printScalar, valueAt } from './json-path.ts'

/** What one asking saw. */
export interface ExchangeFacts {
  /** The last exchange. */
  readonly exchange: Exchange
  /** Where it was asked; another URL than the first after redirects. */
  readonly url: URL
  readonly redirects: readonly URL[]
  readonly latencyMs: number
}

const TEXT_LENGTH_MAX = 2_048
const SHOWN_VALUE_LENGTH_MAX = 60
const SHOWN_HEADERS = [
  'content-type',
  'content-length',
  'location',
  'retry-after',
  'server',
  'date',
]
const REDIRECTS = [301, 302, 303, 307, 308]

/** Judges what one asking saw. */
export function assessExchange(input: Expectation, facts: ExchangeFacts): Answer {
  const { exchange } = facts
  const subject = `${input.method} ${printUrl(facts.url)}`
  const latency = printLatency(facts.latencyMs)
  const document = readDocument(input, exchange)
  const evidence = collectEvidence(input, facts, document.json)
  if (exchange.failure !== undefined) {
    return assessBrokenOff({ exchange, input, subject, latency, evidence })
  }
  const status = exchange.status ?? 0
  const bad = (reason: string, found: string, expected: string): Findings => ({
    reason,
    sentence: `${subject} answered ${status} ${found}after ${latency}; ${expected} expected.`,
    evidence,
  })
  if (!matchesStatus(input.status, status)) return assessStatus(input, exchange, bad)
  for (const [name, pattern] of Object.entries(input.expectHeaders)) {
    const value = exchange.headers[name]
    if (value !== undefined && hasMatch(pattern, value)) continue
    const shown = value === undefined ? 'no' : `the wrong`
    return notYet(bad('wrong-header', `with ${shown} ${name} `, `/${pattern}/`))
  }
  if (document.mistake !== undefined) {
    return notYet(bad('not-json', `with a body that is not JSON (${document.mistake}) `, 'JSON'))
  }
  if (input.body !== undefined && !hasMatch(input.body, exchange.body)) {
    return notYet(bad('wrong-body', `with another body `, `/${input.body}/`))
  }
  for (const [path, pattern] of Object.entries(input.expectJson)) {
    const value = printScalar(valueAt(document.json, path))
    if (value !== undefined && hasMatch(pattern, value)) continue
    const found = value === undefined ? 'no value' : printValue(value, secretsOf(input.headers))
    return notYet(bad('wrong-json', `with ${found} at ${path} `, `/${pattern}/`))
  }
  const sentence = `${subject} answered ${status} after ${latency}.`
  return passed({ reason: 'answered', sentence, evidence })
}

/** Where to ask next; undefined when this was the answer. */
export function redirectTarget(input: Expectation, facts: ExchangeFacts): URL | undefined {
  const { status = 0, headers } = facts.exchange
  const location = headers['location']
  if (!REDIRECTS.includes(status) || location === undefined) return undefined
  if (matchesStatus(input.status, status)) return undefined
  const target = URL.parse(location, facts.url.href)
  return target !== null && /^https?:$/.test(target.protocol) ? target : undefined
}

function assessStatus(
  input: Expectation,
  exchange: Exchange,
  bad: (reason: string, found: string, expected: string) => Findings,
): Answer {
  const expected = input.status.join(' or ')
  const { status = 0, headers } = exchange
  const location = headers['location']
  if (REDIRECTS.includes(status) && location !== undefined) {
    return notYet(bad('redirected', `to ${printLocation(location)} `, expected))
  }
  if (status === 401 || status === 407) return terminal(bad('unauthorized', '', expected))
  return notYet(bad('wrong-status', '', expected))
}

interface BrokenOff {
  readonly exchange: Exchange
  readonly input: Expectation
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

function assessBrokenOff(brokenOff: BrokenOff): Answer {
  const { exchange, input, subject, latency, evidence } = brokenOff
  const code = exchange.failure ?? 'UNKNOWN'
  const answered = `${subject} answered ${exchange.status}`
  if (code === 'TOO_LARGE') {
    const sentence = `${answered} with a body of more than ${input.bodyBytesMax} bytes.`
    return notYet({ reason: 'body-too-large', sentence, evidence })
  }
  if (code === 'ABORTED' && exchange.status !== undefined) {
    const sentence = `${answered}, but only ${exchange.bytes} bytes of its body within ${latency}.`
    return notYet({ reason: 'timed-out', sentence, evidence })
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    const sentence = `${subject} answered with headers of more than 16 KiB.`
    return notYet({ reason: 'headers-too-large', sentence, evidence })
  }
  if (code.startsWith('HPE_') || code === 'HTTPParserError') {
    const sentence = `${subject} got an answer that is not HTTP (${code}).`
    return notYet({ reason: 'not-http', sentence, evidence })
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'CA_UNREADABLE') {
    const what = code === 'CA_UNREADABLE' ? 'the file of tls.ca cannot be read' : 'a header is bad'
    const sentence = `${subject} cannot be asked: ${what}.`
    return errored(code === 'CA_UNREADABLE' ? 'notYet' : 'terminal', {
      reason: code === 'CA_UNREADABLE' ? 'authorities-unreadable' : 'malformed-input',
      sentence,
      evidence,
    })
  }
  const sentence = `${subject} failed after ${latency} (${code}).`
  return (
    assessFailedAttempt({ code, subject, latency, evidence }) ??
    notYet({ reason: 'broken-off', sentence, evidence })
  )
}

interface ReadDocument {
  readonly json?: Json
  readonly mistake?: string
}

function readDocument(input: Expectation, exchange: Exchange): ReadDocument {
  const isTyped = /[/+]json\b/i.test(exchange.headers['content-type'] ?? '')
  if (input.json === 'never' || (input.json === 'asTyped' && !isTyped)) return {}
  if (exchange.failure !== undefined) return {}
  if (exchange.body === '' && input.json === 'asTyped') return {}
  const document = parseDocument(exchange.body)
  return document.parsed ? { json: document.json } : { mistake: document.mistake }
}

function collectEvidence(
  input: Expectation,
  facts: ExchangeFacts,
  json: Json | undefined,
): JsonObject {
  const { exchange } = facts
  const secrets = secretsOf(input.headers)
  const shown = new Set([...SHOWN_HEADERS, ...Object.keys(input.expectHeaders)])
  shown.delete('set-cookie')
  const headers = Object.entries(exchange.headers)
    .filter(([name]) => shown.has(name))
    .map(([name, value]) => [name, name === 'location' ? printLocation(value) : redactText(value)])
  const text = redactSecrets(exchange.body.slice(0, TEXT_LENGTH_MAX), secrets).toWellFormed()
  return {
    latencyMs: facts.latencyMs,
    ...exchange.connected,
    ...(exchange.failed.length === 0 ? {} : { failed: printFailedAddresses(exchange.failed) }),
    ...(facts.redirects.length === 0 ? {} : { redirects: facts.redirects.map(printUrl) }),
    ...(exchange.status === undefined
      ? {}
      : { status: exchange.status, headers: Object.fromEntries(headers), bytes: exchange.bytes }),
    ...(json === undefined
      ? text === ''
        ? {}
        : { text }
      : { json: redactDocument(json, secrets) }),
  }
}

function matchesStatus(expected: readonly string[], status: number): boolean {
  const text = String(status)
  return expected.some((one) => one === text || (one.endsWith('xx') && one[0] === text[0]))
}

function printValue(value: string, secrets: readonly string[]): string {
  return JSON.stringify(redactSecrets(value.slice(0, SHOWN_VALUE_LENGTH_MAX), secrets))
}

function printLocation(location: string): string {
  return redactText(location.replace(/\?.*$/s, '?…').slice(0, 200))
}
