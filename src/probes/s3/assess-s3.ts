/**
 * Judges what one attempt saw of a bucket. The first row that fits counts; an attempt that ended early
 * is judged by assess-failure.ts. Nothing here is terminal: settings of a bucket are changed, objects
 * are put and copied.
 *
 * | found | reason |
 * |---|---|
 * | another versioning than expected | wrong-versioning |
 * | the object that must have been replicated is not there | missing-object |
 * | no rule of replication has taken it up | not-replicated |
 * | its replication is under way | replicating |
 * | its replication has failed | replication-failed |
 * | other bytes came back than were put | altered |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { notYet, passed, printLatency } from '../answer/answer.ts'
import { printFailedAddresses } from '../connection/connection-failure.ts'
import { assessS3Failure } from './assess-failure.ts'
import type { CanaryFacts, S3Facts } from './facts.ts'
import type { S3Input } from './s3-input.ts'

/** Something that is not as it should be. */
interface Shortcoming {
  readonly reason: string
  readonly says: string
}

/** What stores say of an object that is where it should be, and of the copy itself. */
const REPLICATED: readonly string[] = ['COMPLETED', 'COMPLETE', 'REPLICA']

/** Whether an object of that state has been replicated. */
export function isReplicated(replication: string): boolean {
  return REPLICATED.includes(replication)
}

/** Judges what one attempt saw. */
export function assessS3(input: S3Input, facts: S3Facts): Answer {
  const subject = `S3 ${input.shown}`
  const latency = printLatency(facts.latencyMs)
  const evidence = evidenceOf(facts)
  if (facts.failure !== undefined) {
    return assessS3Failure(facts.failure, input, { subject, latency, evidence })
  }
  const shortcoming =
    findVersioning(input, facts) ?? findReplication(input, facts) ?? findAltered(facts.canary)
  if (shortcoming !== undefined) {
    const { reason, says } = shortcoming
    return notYet({ reason, sentence: `${subject} ${says} (asked within ${latency}).`, evidence })
  }
  const bytes = facts.canary?.bytes ?? 0
  const sentence = `${subject} took ${bytes} bytes, gave the same back and deleted them within ${latency}.`
  return passed({ reason: 'ready', sentence, evidence })
}

function findVersioning(input: S3Input, facts: S3Facts): Shortcoming | undefined {
  if (input.versioning === undefined || facts.versioning === input.versioning) return undefined
  const says = `has a versioning that is ${facts.versioning}; ${input.versioning} expected`
  return { reason: 'wrong-versioning', says }
}

function findReplication(input: S3Input, { replication }: S3Facts): Shortcoming | undefined {
  const key = input.replicated
  if (key === undefined || replication === undefined || isReplicated(replication)) return undefined
  if (replication === 'missing') return { reason: 'missing-object', says: `holds no ${key}` }
  if (replication === 'none') {
    return { reason: 'not-replicated', says: `holds ${key}, and no rule of replication copies it` }
  }
  const reason = replication === 'FAILED' ? 'replication-failed' : 'replicating'
  return { reason, says: `says ${replication} of the replication of ${key}; COMPLETED expected` }
}

function findAltered(canary: CanaryFacts | undefined): Shortcoming | undefined {
  if (canary === undefined || canary.checksumBack === canary.checksum) return undefined
  const { checksum, checksumBack } = canary
  return {
    reason: 'altered',
    says: `gave ${checksumBack} back for the canary; ${checksum} was put`,
  }
}

function evidenceOf(facts: S3Facts): JsonObject {
  const { versioning, replication, canary } = facts
  return {
    latencyMs: facts.latencyMs,
    ...facts.connected,
    ...(facts.failed.length === 0 ? {} : { failed: printFailedAddresses(facts.failed) }),
    ...(versioning === undefined ? {} : { versioning }),
    ...(replication === undefined ? {} : { replication }),
    ...(canary === undefined ? {} : canaryEvidence(canary)),
  }
}

function canaryEvidence({ key, isLeft, ...measured }: CanaryFacts): JsonObject {
  return { ...(isLeft === true ? { leftBehind: key } : { key }), ...measured }
}
