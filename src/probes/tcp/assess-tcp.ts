/**
 * Judges a TCP connection: that it opened and, when asked for, what the other side said. A port that
 * accepts is not yet a service that answers: prefer a probe that speaks the protocol.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { printHostPort } from '../../core/port/ip-text.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { notYet, passed, printLatency } from '../answer/answer.ts'
import {
  assessFailedAttempt,
  type FailedAddress,
  printFailedAddresses,
} from '../connection/connection-failure.ts'
import { hasMatch } from '../pattern/pattern.ts'
import { redactText } from '../redaction/redact.ts'
import type { TcpInput } from './tcp-input.ts'

/** How much of a banner is shown. */
const SHOWN_LENGTH_MAX = 200

/** What one attempt saw. */
export interface TcpFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  /** Present once connected. */
  readonly connected?: { readonly address: string; readonly family: 'ipv4' | 'ipv6' }
  /** What the other side said, when a banner was asked for. */
  readonly banner?: string
  /** Why it ended without what was asked for. */
  readonly failure?: string
}

/** Judges what one attempt saw. */
export function assessTcp(input: TcpInput, facts: TcpFacts): Answer {
  const subject = printSubject(input)
  const latency = printLatency(facts.latencyMs)
  const evidence: JsonObject = {
    latencyMs: facts.latencyMs,
    ...facts.connected,
    ...(facts.failed.length === 0 ? {} : { failed: printFailedAddresses(facts.failed) }),
    ...(facts.banner === undefined ? {} : { banner: shown(facts.banner) }),
  }
  if (facts.connected === undefined) return assessUnconnected(subject, latency, facts, evidence)
  if (input.banner !== undefined) {
    return assessBanner({ subject, latency, facts, evidence, pattern: input.banner })
  }
  const sentence = `${subject} accepted on ${facts.connected.address} after ${latency}.`
  return passed({ reason: 'connected', sentence, evidence })
}

/** What is asked: `TCP localhost:80`. */
export function printSubject({ host, port }: TcpInput): string {
  return `TCP ${printHostPort(host, port)}`
}

function assessUnconnected(
  subject: string,
  latency: string,
  facts: TcpFacts,
  evidence: JsonObject,
): Answer {
  const code = facts.failure ?? 'UNKNOWN'
  return (
    assessFailedAttempt({ code, subject, latency, evidence }) ??
    notYet({
      reason: 'unconnected',
      sentence: `${subject} could not be connected to after ${latency} (${code}).`,
      evidence,
    })
  )
}

interface BannerQuestion {
  readonly subject: string
  readonly latency: string
  readonly facts: TcpFacts
  readonly evidence: JsonObject
  readonly pattern: string
}

function assessBanner(question: BannerQuestion): Answer {
  const { subject, latency, facts, evidence, pattern } = question
  const banner = facts.banner ?? ''
  if (hasMatch(pattern, banner)) {
    const sentence = `${subject} answered with the banner after ${latency}.`
    return passed({ reason: 'banner', sentence, evidence })
  }
  if (banner === '' && facts.failure === 'ECONNRESET') {
    return assessUnconnected(subject, latency, facts, evidence)
  }
  const ended = facts.failure === 'ABORTED' ? 'in time' : 'before it closed the connection'
  if (banner === '') {
    const sentence = `${subject} accepted and said nothing ${ended} (${latency}); /${pattern}/ expected.`
    return notYet({ reason: 'no-banner', sentence, evidence })
  }
  const sentence = `${subject} said ${JSON.stringify(shown(banner))}; /${pattern}/ expected.`
  return notYet({ reason: 'wrong-banner', sentence, evidence })
}

function shown(banner: string): string {
  return redactText(banner.slice(0, SHOWN_LENGTH_MAX)).toWellFormed()
}
