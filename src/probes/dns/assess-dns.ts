/**
 * Judges what resolvers said. Every one must say what is expected; the first that does not, in the
 * order of the contract, is the answer. The first row that fits counts.
 *
 * | found | answer |
 * |---|---|
 * | a name that cannot be asked for | errored, terminal: malformed-name |
 * | no answer in time | failed, notYet: timed-out |
 * | nobody at the resolver's address | failed, notYet: refused |
 * | SERVFAIL, REFUSED, an answer that is none | failed, notYet: dns-unavailable |
 * | no such name (NXDOMAIN), and that is expected | passed: absent |
 * | no such name: it may come, and a resolver may not have forgotten yet that it was not there | failed, notYet: unknown-name, or terminal where `whenUnknown` says so |
 * | the name, but no record of the type, and that is expected | passed: absent |
 * | the name, but no record of the type | the same, no-record |
 * | records, and none are expected | failed, notYet: still-there |
 * | other records than expected | failed, notYet: wrong-records |
 * | records that may be kept for longer than expected | failed, notYet: ttl-too-long |
 * | everything as expected | passed: resolved |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, type Findings, notYet, passed, printLatency, terminal } from '../answer/answer.ts'
import { redactText } from '../redaction/redact.ts'
import type { Resolution } from './ask-resolver.ts'
import type { DnsInput } from './dns-input.ts'

/** What one attempt saw. */
export interface DnsFacts {
  /** In the order of the contract. */
  readonly resolutions: readonly Resolution[]
  readonly latencyMs: number
}

const SHOWN_MAX = 20
const SHOWN_LENGTH_MAX = 255
const MALFORMED = ['EBADNAME', 'EBADQUERY', 'EBADSTR', 'ERR_INVALID_ARG_VALUE']

/** Judges what one attempt saw. */
export function assessDns(input: DnsInput, facts: DnsFacts): Answer {
  const { resolutions, latencyMs } = facts
  const [first, ...others] = resolutions.map(({ records }) => records.join('\n'))
  const evidence: JsonObject = {
    latencyMs,
    agree: others.every((records) => records === first),
    records: shown(resolutions[0]?.records ?? []),
    resolvers: resolutions.map((resolution) => ({
      ...resolution,
      records: shown(resolution.records),
    })),
  }
  const subject = `${input.type} ${input.name}`
  for (const resolution of resolutions) {
    const answer = assessResolution(input, resolution, evidence)
    if (answer.verdict !== 'passed') return answer
  }
  const whom = resolutions.length === 1 ? '' : ` by all of ${resolutions.length} resolvers`
  if (input.absent) {
    const sentence = `${subject} is known to nobody any more${whom}.`
    return passed({ reason: 'absent', sentence, evidence })
  }
  const count = resolutions[0]?.records.length ?? 0
  const records = `${count} ${count === 1 ? 'record' : 'records'}`
  const sentence = `${subject} was answered with ${records}${whom} after ${printLatency(latencyMs)}.`
  return passed({ reason: 'resolved', sentence, evidence })
}

function assessResolution(input: DnsInput, found: Resolution, evidence: JsonObject): Answer {
  const { code, records } = found
  const findings = (reason: string, says: string): Findings => ({
    reason,
    sentence: `${input.type} ${input.name}: ${nameOf(found)} ${says}.`,
    evidence,
  })
  if (code !== undefined) return assessCode(input, found, findings)
  if (input.absent) return notYet(findings('still-there', `still answers ${list(records)}`))
  const { expect, ttlMsMax } = input
  if (expect !== undefined && expect.join('\n') !== records.join('\n')) {
    const says = `answers ${list(records)}; ${list(expect)} expected`
    return notYet(findings('wrong-records', says))
  }
  if (ttlMsMax !== undefined && (found.ttlMs ?? 0) > ttlMsMax) {
    const seconds = `${(found.ttlMs ?? 0) / 1_000} s; at most ${ttlMsMax / 1_000} s expected`
    return notYet(findings('ttl-too-long', `lets its records be kept for ${seconds}`))
  }
  return passed(findings('resolved', `answers ${list(records)}`))
}

function assessCode(
  input: DnsInput,
  found: Resolution,
  findings: (reason: string, says: string) => Findings,
): Answer {
  const { code = 'UNKNOWN' } = found
  const latency = printLatency(found.latencyMs)
  if (code === 'ENOTFOUND' || code === 'ENODATA') {
    const isName = code === 'ENOTFOUND'
    const says = `says that there is no such ${isName ? 'name' : 'record'}`
    if (input.absent) return passed(findings('absent', says))
    const judge = input.whenUnknown === 'terminal' ? terminal : notYet
    return judge(findings(isName ? 'unknown-name' : 'no-record', says))
  }
  if (MALFORMED.includes(code)) {
    return errored('terminal', findings('malformed-name', `cannot be asked for it (${code})`))
  }
  if (code === 'ABORTED' || code === 'ETIMEOUT' || code === 'ECANCELLED') {
    return notYet(findings('timed-out', `did not answer within ${latency}`))
  }
  if (code === 'ECONNREFUSED') {
    return notYet(findings('refused', `is not there, or does not listen (after ${latency})`))
  }
  return notYet(findings('dns-unavailable', `failed after ${latency} (${code})`))
}

function nameOf(found: Resolution): string {
  return found.resolver === 'system' ? "the machine's resolver" : `resolver ${found.resolver}`
}

function list(records: readonly string[]): string {
  const some = shown(records.slice(0, 5)).join(', ')
  return records.length > 5 ? `${some} and ${records.length - 5} more` : some
}

function shown(records: readonly string[]): readonly string[] {
  return records
    .slice(0, SHOWN_MAX)
    .map((record) => redactText(record.slice(0, SHOWN_LENGTH_MAX)).toWellFormed())
}
