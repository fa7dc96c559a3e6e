/**
 * Judges what one attempt saw of a RabbitMQ server. The first row that fits counts; a session that ended
 * early is judged by assess-failure.ts. Nothing here is terminal: alarms end, queues are declared anew,
 * workers start, and old versions give way to new ones.
 *
 * | found | reason |
 * |---|---|
 * | an alarm anywhere in the cluster, so that it takes no messages | alarms |
 * | a queue of another type | wrong-type |
 * | a queue that is down, crashed or without its majority | queue-down |
 * | fewer consumers than expected; one, for a canary | too-few-consumers |
 * | too many messages never delivered | backlog |
 * | unacknowledged messages that are not counted yet | uncounted |
 * | too many messages delivered and not acknowledged | unacknowledged |
 * | a canary that no queue takes | wrong-route |
 * | a canary that the queue refuses, because it is full | queue-full |
 * | a canary that nobody was given in time | canary-undelivered |
 * | a canary that was given to a worker, which did not answer in time | canary-unprocessed |
 * | answered by another version, or by one that did not say | wrong-version |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { notYet, passed, printLatency } from '../answer/answer.ts'
import { printFailedAddresses } from '../connection/connection-failure.ts'
import { assessRabbitmqFailure } from './assess-failure.ts'
import { findWrongState, type Shortcoming } from './assess-state.ts'
import type { CanaryFacts, RabbitmqFacts } from './facts.ts'
import type { RabbitmqInput } from './rabbitmq-input.ts'

/** Judges what one attempt saw. */
export function assessRabbitmq(input: RabbitmqInput, facts: RabbitmqFacts): Answer {
  const { version, canary, failure } = facts
  const subject = `RabbitMQ ${input.shown}`
  const latency = printLatency(facts.latencyMs)
  const evidence = evidenceOf(facts)
  // What became of the canary says more than that time was up while waiting for it.
  if (version === undefined || (failure !== undefined && canary === undefined)) {
    const ended = failure ?? { code: 'UNKNOWN', message: 'it ended early' }
    return assessRabbitmqFailure(ended, { input, subject, latency, evidence })
  }
  const shortcoming = findWrongState(input, facts) ?? findCanary(input, canary)
  if (shortcoming !== undefined) {
    const { reason, says } = shortcoming
    return notYet({ reason, sentence: `${subject} ${says} (asked within ${latency}).`, evidence })
  }
  const sentence = `${subject} (${version.slice(0, 40)}) ${printGood(canary)}; asked within ${latency}.`
  return passed({ reason: 'ready', sentence, evidence })
}

function printGood(canary: CanaryFacts | undefined): string {
  if (canary === undefined) return 'is as expected'
  const version = canary.version === undefined ? '' : ` by version ${canary.version}`
  return `had its canary answered${version} after ${printLatency(canary.tookMs)}`
}

function findCanary(
  { canary: expected, queue }: RabbitmqInput,
  canary: CanaryFacts | undefined,
): Shortcoming | undefined {
  if (expected === undefined || canary === undefined) return undefined
  const after = `after ${printLatency(canary.tookMs)}`
  const route = `${expected.exchange || 'the default exchange'} with key ${expected.routingKey}`
  const which = canary.isEarlier ? "an earlier asking's canary" : 'the canary'
  switch (canary.fate) {
    case 'answered':
      return findWrongVersion(expected.version, canary, queue)
    case 'held': {
      const says = `has delivered ${which} from the queue ${queue} to a worker, which is connected and has not answered it ${after}`
      return { reason: 'canary-unprocessed', says }
    }
    case 'undelivered': {
      const says = `has not delivered ${which} from the queue ${queue} to any worker ${after}`
      return { reason: 'canary-undelivered', says }
    }
    case 'unroutable':
      return { reason: 'wrong-route', says: `has no queue that takes the canary from ${route}` }
    case 'refused':
      return { reason: 'queue-full', says: `has the queue ${queue} refuse the canary` }
    case 'blocked':
      return { reason: 'alarms', says: 'is in alarm and takes no messages, as it says itself' }
  }
}

function findWrongVersion(
  expected: string | undefined,
  { version }: CanaryFacts,
  queue: string | undefined,
): Shortcoming | undefined {
  if (expected === undefined || version === expected) return undefined
  const found = version === undefined ? 'a worker that names no version' : `version ${version}`
  const says = `had its canary in the queue ${queue} answered by ${found}; version ${expected} expected`
  return { reason: 'wrong-version', says }
}

function evidenceOf(facts: RabbitmqFacts): JsonObject {
  const { version, queue, management, canary, failed } = facts
  return {
    latencyMs: facts.latencyMs,
    ...(failed.length === 0 ? {} : { failed: printFailedAddresses(failed) }),
    ...(version === undefined ? {} : { serverVersion: version.slice(0, 40) }),
    ...(queue === undefined ? {} : { waiting: queue.waiting, consumers: queue.consumers }),
    ...(management === undefined ? {} : { ...management }),
    ...(canary === undefined ? {} : canaryEvidence(canary)),
  }
}

function canaryEvidence({ fate, tookMs, version }: CanaryFacts): JsonObject {
  return {
    canary: fate,
    canaryMs: tookMs,
    ...(version === undefined ? {} : { workerVersion: version }),
  }
}
