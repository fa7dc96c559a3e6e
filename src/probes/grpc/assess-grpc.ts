/**
 * Judges what a server says of its health by grpc.health.v1. The first row that fits counts; failures
 * to connect and of TLS are judged by src/probes/connection/connection-failure.ts.
 *
 * | found | answer |
 * |---|---|
 * | SERVING | passed: serving |
 * | NOT_SERVING | failed, notYet: not-serving |
 * | UNKNOWN | failed, notYet: unknown-status |
 * | SERVICE_UNKNOWN of Watch: the service may yet be registered | failed, notYet: unknown-service |
 * | NOT_FOUND of Check: the server knows all its services | failed, terminal: unknown-service |
 * | UNIMPLEMENTED, of Check as well: it has no health service | failed, terminal: no-health-service |
 * | UNAUTHENTICATED, PERMISSION_DENIED | failed, terminal: unauthorized |
 * | HTTP/1, an HTTP status, another content: a proxy, or something else | failed, notYet: not-grpc |
 * | no status in time | failed, notYet: timed-out |
 * | UNAVAILABLE | failed, notYet: unavailable |
 * | any other status, or an end without one | failed, notYet: call-failed |
 * | the certificates to trust cannot be read | errored, notYet: authorities-unreadable |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { printHostPort } from '../../core/port/ip-text.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, type Findings, notYet, passed, printLatency, terminal } from '../answer/answer.ts'
import {
  assessFailedAttempt,
  type FailedAddress,
  printFailedAddresses,
} from '../connection/connection-failure.ts'
import { redactSecrets } from '../redaction/redact.ts'
import type { CallEnd } from './grpc-frame.ts'
import type { GrpcInput } from './grpc-input.ts'
import type { ServingStatus } from './health-messages.ts'
import type { HealthMethod } from './health-session.ts'

/** What a call came to: a status of the service, or the end of the call without one. */
export type CallOutcome =
  | { readonly method: HealthMethod; readonly status: ServingStatus }
  | ({ readonly method: HealthMethod } & CallEnd)

/** What one attempt saw. */
export interface GrpcFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: 'ipv4' | 'ipv6' }
  /** Why no connection could be opened or secured; `CA_UNREADABLE`. */
  readonly failure?: string
  readonly outcome?: CallOutcome
}

const DETAILS_LENGTH_MAX = 300
const NOT_GRPC = /^(?:HTTP_\d+|NOT_GRPC|NO_HEALTH_MESSAGE|COMPRESSED|TOO_LARGE|ERR_HTTP2_ERROR)$/

const SAYS: Readonly<Record<Exclude<ServingStatus, 'SERVING'>, readonly [string, string]>> = {
  NOT_SERVING: ['not-serving', 'says that it is not serving'],
  UNKNOWN: ['unknown-status', 'does not know whether it is serving'],
  SERVICE_UNKNOWN: ['unknown-service', 'does not know the service yet'],
}

/** Judges what one attempt saw. */
export function assessGrpc(input: GrpcInput, facts: GrpcFacts): Answer {
  const service = input.service === '' ? '' : ` ${input.service}`
  const subject = `gRPC ${printHostPort(input.host, input.port)}${service}`
  const latency = printLatency(facts.latencyMs)
  const about = { subject, latency, evidence: collectEvidence(input, facts) }
  const { failure, outcome } = facts
  const findings = findingsFor(about)
  if (failure === 'CA_UNREADABLE') {
    const says = 'cannot be asked: the file of tls.ca cannot be read'
    return errored('notYet', findings('authorities-unreadable', says))
  }
  if (failure !== undefined || outcome === undefined) {
    const code = failure ?? 'UNKNOWN'
    const says = `failed after ${latency} (${code})`
    return assessFailedAttempt({ code, ...about }) ?? notYet(findings('unavailable', says))
  }
  if (!('status' in outcome)) return assessCall(outcome.code, about)
  const { status } = outcome
  if (status === 'SERVING')
    return passed(findings('serving', `is serving, it says after ${latency}`))
  const [reason, says] = SAYS[status]
  return notYet(findings(reason, `${says} (${status}, after ${latency})`))
}

interface About {
  readonly subject: string
  readonly latency: string
  readonly evidence: JsonObject
}

function findingsFor({ subject, evidence }: About): (reason: string, says: string) => Findings {
  return (reason, says) => ({ reason, sentence: `${subject} ${says}.`, evidence })
}

function assessCall(code: string, about: About): Answer {
  const findings = findingsFor(about)
  const { latency } = about
  if (NOT_GRPC.test(code)) {
    return notYet(findings('not-grpc', `answered, but not by gRPC (${code})`))
  }
  switch (code) {
    case 'TIMED_OUT':
      return notYet(findings('timed-out', `accepted, but did not answer within ${latency}`))
    case 'NOT_FOUND':
      return terminal(findings('unknown-service', `has no such service (${code})`))
    case 'UNIMPLEMENTED':
      return terminal(findings('no-health-service', `does not offer grpc.health.v1 (${code})`))
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return terminal(findings('unauthorized', `does not let us ask (${code})`))
    case 'UNAVAILABLE':
      return notYet(findings('unavailable', `accepted, but is not available (${code})`))
    default: {
      const says = `broke off after ${latency} (${code})`
      return assessFailedAttempt({ code, ...about }) ?? notYet(findings('call-failed', says))
    }
  }
}

function collectEvidence(input: GrpcInput, facts: GrpcFacts): JsonObject {
  const { latencyMs, connected, failed, outcome } = facts
  const secrets = Object.values(input.metadata).filter((value) => value.length >= 3)
  const shown = (text: string): string =>
    redactSecrets(text.slice(0, DETAILS_LENGTH_MAX), secrets).toWellFormed()
  return {
    latencyMs,
    ...connected,
    ...(failed.length === 0 ? {} : { failed: printFailedAddresses(failed) }),
    ...(outcome === undefined ? {} : { method: outcome.method }),
    ...(outcome !== undefined && 'status' in outcome ? { status: outcome.status } : {}),
    ...(outcome !== undefined && 'code' in outcome
      ? { code: outcome.code, details: shown(outcome.details) }
      : {}),
  }
}
