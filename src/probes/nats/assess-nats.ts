/**
 * Judges what one attempt saw of a NATS server. The first row that fits counts; a session that ended
 * early is judged by assess-failure.ts. Nothing here is terminal: streams are made, workers start, and
 * old versions give way to new ones.
 *
 * | found | reason |
 * |---|---|
 * | a server that asks its clients to go | shutting-down |
 * | nobody leads the stream or the consumer in its cluster | no-leader |
 * | a consumer that is paused | paused |
 * | nobody listens, or too few pulls wait | no-worker |
 * | a consumer that acknowledges nothing; a canary is asked for | no-acknowledgements |
 * | a stream out of which nothing may be taken; a canary is asked for | canary-unremovable |
 * | a consumer that does not take the canary's subject | wrong-subject |
 * | too many messages never delivered | backlog |
 * | too many messages delivered and not acknowledged | unacknowledged |
 * | a canary that nobody was given in time | canary-undelivered |
 * | a canary that was given to a worker, which did nothing with it in time | canary-unprocessed |
 * | a canary that the stream lost before anybody could have processed it | canary-lost |
 * | acknowledged, but could not be taken out of the stream again | canary-left |
 * | acknowledged, but no answer came; a version is expected | canary-unanswered |
 * | answered by another version, or by one that did not say | wrong-version |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { notYet, passed, printLatency } from '../answer/answer.ts'
import { printFailedAddresses } from '../connection/connection-failure.ts'
import { assessNatsFailure } from './assess-failure.ts'
import { findWrongState, type Shortcoming } from './assess-state.ts'
import type { CanaryFacts, ConsumerFacts, NatsFacts } from './facts.ts'
import type { CanaryInput, NatsInput } from './nats-input.ts'

/** Judges what one attempt saw. */
export function assessNats(input: NatsInput, facts: NatsFacts): Answer {
  const { server, canary, failure } = facts
  const subject = `NATS ${input.shown}`
  const latency = printLatency(facts.latencyMs)
  const evidence = evidenceOf(facts)
  // What became of the canary says more than that time was up while waiting for it.
  if (server === undefined || (failure !== undefined && canary === undefined)) {
    const hasNone = failure?.code === 'JetStreamNotEnabled' && server?.hasJetStream === false
    const code = hasNone ? 'NO_JETSTREAM' : (failure?.code ?? 'UNKNOWN')
    const ended = { code, message: failure?.message ?? 'it ended early' }
    return assessNatsFailure(ended, { input, subject, latency, evidence })
  }
  const shortcoming = findWrongState(input, facts) ?? findCanary(input, facts)
  if (shortcoming !== undefined) {
    const { reason, says } = shortcoming
    return notYet({ reason, sentence: `${subject} ${says} (asked within ${latency}).`, evidence })
  }
  const sentence = `${subject} (${server.version}) ${printGood(facts)}; asked within ${latency}.`
  return passed({ reason: 'ready', sentence, evidence })
}

function printGood({ canary }: NatsFacts): string {
  if (canary === undefined) return 'is as expected'
  const version = canary.version === undefined ? '' : ` by version ${canary.version}`
  return `had its canary acknowledged${version} after ${printLatency(canary.tookMs)}`
}

function findCanary(input: NatsInput, facts: NatsFacts): Shortcoming | undefined {
  const { canary, consumer, stream } = facts
  if (input.canary === undefined || canary === undefined) return undefined
  const named = `consumer ${input.consumer} of ${input.stream}`
  if (!canary.isAcknowledged) return findUnprocessed(canary, consumer, named)
  if (stream?.retention === 'limits' && canary.removal === 'gone') {
    const says = `no longer holds the canary ${canary.sequence}, as if it had never been processed`
    return { reason: 'canary-lost', says }
  }
  if (canary.removal === 'left') {
    const says = `had its canary ${canary.sequence} acknowledged by the ${named}, but does not let it be taken out again`
    return { reason: 'canary-left', says }
  }
  return findWrongAnswer(input.canary, canary, named)
}

function findUnprocessed(
  canary: CanaryFacts,
  consumer: ConsumerFacts | undefined,
  named: string,
): Shortcoming {
  const { sequence, tookMs, isEarlier } = canary
  const { delivered = 0, acknowledged = 0, pending = 0 } = consumer ?? {}
  const which = isEarlier ? `an earlier asking's canary ${sequence}` : `canary ${sequence}`
  const after = `after ${printLatency(tookMs)}`
  if (delivered < sequence) {
    const says = `has not delivered ${which} to the ${named} ${after}: it is at ${delivered}, ${pending} wait`
    return { reason: 'canary-undelivered', says }
  }
  const says = `has delivered ${which} to the ${named}, whose worker is connected and has not processed it ${after}: acknowledged up to ${acknowledged}`
  return { reason: 'canary-unprocessed', says }
}

function findWrongAnswer(
  { version: expected }: CanaryInput,
  { isAnswered, version, tookMs }: CanaryFacts,
  named: string,
): Shortcoming | undefined {
  if (expected === undefined) return undefined
  if (!isAnswered) {
    const says = `had its canary acknowledged by the ${named}, but got no answer after ${printLatency(tookMs)}; version ${expected} expected`
    return { reason: 'canary-unanswered', says }
  }
  if (version === expected) return undefined
  const found = version === undefined ? 'a worker that names no version' : `version ${version}`
  const says = `had its canary answered for the ${named} by ${found}; version ${expected} expected`
  return { reason: 'wrong-version', says }
}

function evidenceOf(facts: NatsFacts): JsonObject {
  const { server, stream, consumer, canary } = facts
  return {
    latencyMs: facts.latencyMs,
    ...facts.connected,
    ...(facts.failed.length === 0 ? {} : { failed: printFailedAddresses(facts.failed) }),
    ...(server === undefined ? {} : serverEvidence(server)),
    ...(stream === undefined ? {} : streamEvidence(stream)),
    ...(consumer === undefined ? {} : consumerEvidence(consumer)),
    ...(canary === undefined ? {} : canaryEvidence(canary)),
  }
}

function serverEvidence(server: NonNullable<NatsFacts['server']>): JsonObject {
  const { version, name, isSecure, hasJetStream } = server
  return {
    serverVersion: version.slice(0, 100),
    serverName: name.slice(0, 100),
    secure: isSecure,
    jetstream: hasJetStream,
  }
}

function streamEvidence(stream: NonNullable<NatsFacts['stream']>): JsonObject {
  return { streamMessages: stream.messages, retention: stream.retention }
}

function consumerEvidence(consumer: ConsumerFacts): JsonObject {
  const { isPaused, isPush, isBound, waiting, pending, unacknowledged } = consumer
  return {
    paused: isPaused,
    ...(isPush ? { bound: isBound } : { waiting }),
    pending,
    unacknowledged,
    delivered: consumer.delivered,
    acknowledged: consumer.acknowledged,
  }
}

function canaryEvidence(canary: CanaryFacts): JsonObject {
  const { sequence, tookMs, isAcknowledged, isAnswered, version, removal } = canary
  return {
    canary: sequence,
    canaryMs: tookMs,
    canaryAcknowledged: isAcknowledged,
    canaryAnswered: isAnswered,
    canaryRemoval: removal,
    ...(version === undefined ? {} : { workerVersion: version }),
  }
}
