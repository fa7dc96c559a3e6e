/**
 * Judges what one attempt saw of a job queue. The first row that fits counts; a session that ended
 * early is judged by assess-failure.ts. Nothing here but newer tables is terminal: workers start, are
 * deployed and catch up.
 *
 * | found | reason | answer |
 * |---|---|---|
 * | tables older than what has been tried | untried-version | errored, notYet |
 * | tables newer than what has been tried | untried-version | errored, terminal |
 * | no such queue | missing-queue | failed, notYet |
 * | the queue did not take the canary, or lost it | not-kept | failed, notYet |
 * | a worker gave up on the canary | canary-failed | failed, notYet |
 * | a worker has taken it and is not done | unfinished | failed, notYet |
 * | nobody took it: the queue is paused | paused | failed, notYet |
 * | nobody took it: no worker is connected | no-worker | failed, notYet |
 * | nobody took it: others are before it, and some were taken meanwhile | backlog | failed, notYet |
 * | nobody took it: others are being done, and no more is taken | busy | failed, notYet |
 * | nobody took it: workers are connected, and nothing is done | not-working | failed, notYet |
 * | nobody took it: whether there is a worker cannot be told | not-taken | failed, notYet |
 * | done, but the token came not back | wrong-answer | failed, notYet |
 * | done, but without saying by whom | unknown-worker | failed, notYet |
 * | done by another version | wrong-worker | failed, notYet |
 * | done too late | too-slow | failed, notYet |
 * | done, but more wait than may, or for longer | too-many-waiting, waiting-too-long | failed, notYet |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { errored, notYet, passed, printLatency } from '../answer/answer.ts'
import { printFailedAddresses } from '../connection/connection-failure.ts'
import { redactText } from '../redaction/redact.ts'
import { assessQueueFailure } from './assess-failure.ts'
import { assessUntaken } from './assess-untaken.ts'
import type { CanaryFacts, QueueCounts, QueueFacts } from './facts.ts'
import type { QueueInput } from './queue-input.ts'

/** Something that is not as it should be; it completes a sentence that begins with the queue. */
export interface Shortcoming {
  readonly reason: string
  readonly says: string
}

/** Judges what one attempt saw. */
export function assessQueue(input: QueueInput, facts: QueueFacts): Answer {
  const subject = `The ${input.shown}`
  const evidence = evidenceOf(facts)
  const latency = printLatency(facts.latencyMs)
  if (facts.untried !== undefined) return assessUntried(input, facts, evidence)
  if (facts.missingQueue !== undefined) {
    const sentence = `${subject}: there is no queue ${facts.missingQueue} (asked within ${latency}).`
    return notYet({ reason: 'missing-queue', sentence, evidence })
  }
  const { canary } = facts
  if (facts.failure !== undefined || canary === undefined) {
    const ended = facts.failure ?? { code: 'UNKNOWN', message: 'it ended early' }
    return assessQueueFailure(ended, { subject, latency, evidence })
  }
  const shortcoming =
    findUndone(input, facts, canary) ??
    findWrongWorker(input, canary) ??
    findTooMuchWaiting(input, facts.counts)
  if (shortcoming !== undefined) {
    const { reason, says } = shortcoming
    return notYet({ reason, sentence: `${subject} ${says}.`, evidence })
  }
  const by = canary.answer?.version
  const who = by === undefined ? 'a worker' : by
  const took = printLatency(canary.processedMs ?? 0)
  const left = `${facts.counts?.waiting ?? 0} jobs wait`
  const sentence = `${subject} works: ${who} has done the canary within ${took}; ${left}.`
  return passed({ reason: 'processed', sentence, evidence })
}

function assessUntried(input: QueueInput, facts: QueueFacts, evidence: JsonObject): Answer {
  const { untried, schemaVersion } = facts
  const what = `has tables of version ${schemaVersion}, ${untried} than what has been tried`
  const sentence =
    `The ${input.shown} ${what}, so no canary is sent; ` +
    'see docs/probes/queue.md for the versions.'
  const outlook = untried === 'older' ? 'notYet' : 'terminal'
  return errored(outlook, { reason: 'untried-version', sentence, evidence })
}

function findUndone(
  input: QueueInput,
  facts: QueueFacts,
  canary: CanaryFacts,
): Shortcoming | undefined {
  const waited = printLatency(canary.waitedMs)
  if (canary.state === 'done') return undefined
  if (canary.state === 'removed') {
    const says = `did not keep the canary: it takes none, or somebody else removes it (${waited})`
    return { reason: 'not-kept', says }
  }
  if (canary.state === 'failed') {
    const message = redactText(canary.message ?? '').slice(0, 200)
    return { reason: 'canary-failed', says: `has a worker that failed on the canary: ${message}` }
  }
  if (canary.state === 'taken') {
    const whose = canary.takenBy === undefined ? 'a worker' : `the worker ${canary.takenBy}`
    const says = `has ${whose} that took the canary and was not done with it after ${waited}`
    return { reason: 'unfinished', says: `${says}${expected(input, canary)}` }
  }
  const { reason, says } = assessUntaken(facts, canary)
  return { reason, says: `${says}${expected(input, canary)}` }
}

function expected(input: QueueInput, canary: CanaryFacts): string {
  const cut = canary.isCutShort ? ', but the attempt was over before' : ''
  return `; done within ${printLatency(input.processedWithinMs)} expected${cut}`
}

function findWrongWorker(input: QueueInput, canary: CanaryFacts): Shortcoming | undefined {
  const { answer, processedMs = 0 } = canary
  const took = printLatency(processedMs)
  if (answer !== undefined && !answer.hasToken) {
    const says = `has a worker that did the canary within ${took}, but gave back another token`
    return { reason: 'wrong-answer', says }
  }
  if (input.by !== undefined && answer?.version === undefined) {
    const says = `has a worker that did the canary within ${took} and did not say its version`
    return { reason: 'unknown-worker', says: `${says}; ${input.by} expected` }
  }
  if (input.by !== undefined && answer?.version !== input.by) {
    const version = redactText(answer?.version ?? '')
    const says = `has the worker ${version}, which did the canary within ${took}`
    return { reason: 'wrong-worker', says: `${says}; ${input.by} expected` }
  }
  if (processedMs <= input.processedWithinMs) return undefined
  const within = printLatency(input.processedWithinMs)
  return { reason: 'too-slow', says: `took ${took} for the canary; ${within} expected` }
}

function findTooMuchWaiting(
  input: QueueInput,
  counts: QueueCounts | undefined,
): Shortcoming | undefined {
  const { waiting = 0, oldestWaitingMs = 0 } = counts ?? {}
  const { waitingMax = waiting, oldestWaitingMsMax = oldestWaitingMs } = input
  if (waiting > waitingMax) {
    const says = `has ${waiting} jobs that wait, although the canary was done; at most ${waitingMax}`
    return { reason: 'too-many-waiting', says: `${says} expected` }
  }
  if (oldestWaitingMs <= oldestWaitingMsMax) return undefined
  const oldest = printLatency(oldestWaitingMs)
  const most = printLatency(oldestWaitingMsMax)
  const says = `has ${waiting} jobs that wait, the first for ${oldest}, although the canary was done`
  return { reason: 'waiting-too-long', says: `${says}; at most ${most} expected` }
}

function evidenceOf(facts: QueueFacts): JsonObject {
  const { canary, counts, workers, schemaVersion } = facts
  return {
    latencyMs: facts.latencyMs,
    ...facts.connected,
    ...(facts.failed.length === 0 ? {} : { failed: printFailedAddresses(facts.failed) }),
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    ...(counts === undefined ? {} : countsEvidence(counts)),
    ...(workers === undefined ? {} : { workers }),
    ...(canary === undefined ? {} : canaryEvidence(canary)),
  }
}

function countsEvidence({ isPaused, ...counts }: QueueCounts): JsonObject {
  return { ...counts, ...(isPaused === undefined ? {} : { paused: isPaused }) }
}

function canaryEvidence(canary: CanaryFacts): JsonObject {
  const { state, processedMs, takenBy, answer, aheadAtFirst, ahead } = canary
  return {
    canary: state,
    waitedMs: Math.round(canary.waitedMs * 100) / 100,
    ...(processedMs === undefined ? {} : { processedMs }),
    ...(answer?.version === undefined ? {} : { by: redactText(answer.version) }),
    ...(takenBy === undefined ? {} : { takenBy }),
    ...(canary.isContinued ? { continued: true } : {}),
    aheadAtFirst,
    ...(state === 'waiting' ? { ahead } : {}),
  }
}
