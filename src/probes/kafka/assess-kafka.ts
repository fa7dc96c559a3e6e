/**
 * Judges what one attempt saw of a Kafka cluster. The first row that fits counts; an attempt that ended
 * early is judged by assess-failure.ts. Nothing here is terminal: topics are made, members join.
 *
 * | found | reason |
 * |---|---|
 * | a broker that the cluster does not count yet | no-brokers |
 * | no such topic | missing-topic |
 * | another number of partitions than expected | wrong-partitions |
 * | no such partition as a canary is for | missing-partition |
 * | partitions that nobody leads | leaderless |
 * | partitions with too few replicas in sync | under-replicated |
 * | no such group | missing-group |
 * | a group without members | empty-group |
 * | a group whose members do not know yet what they have | rebalancing |
 * | partitions that no member has | unassigned |
 * | no topic for the answers | missing-reply-topic |
 * | canaries, and the group committed nothing since: connected, but paused or stuck | not-committing |
 * | canaries that the group has not come to yet, while it commits | behind |
 * | canaries committed past and not answered | unanswered |
 * | answers of another version, or of none | wrong-version |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import { notYet, passed, printLatency } from '../answer/answer.ts'
import { assessKafkaFailure } from './assess-failure.ts'
import { evidenceOf } from './evidence.ts'
import type { CanaryFacts, CollectedFacts, GroupFacts, KafkaFacts, TopicFacts } from './facts.ts'
import type { CanaryInput, KafkaInput } from './kafka-input.ts'

/** How many partitions or versions are named. */
const SHOWN_MAX = 20

/** Something that is not as it should be. */
interface Shortcoming {
  readonly reason: string
  readonly says: string
}

/** Judges what one attempt saw. */
export function assessKafka(input: KafkaInput, facts: KafkaFacts): Answer {
  const subject = `Kafka ${input.shown}`
  const latency = printLatency(facts.latencyMs)
  const evidence = evidenceOf(facts)
  if (facts.failure !== undefined) {
    return assessKafkaFailure(facts.failure, input, { subject, latency, evidence })
  }
  const shortcoming = findShortcoming(input, facts)
  if (shortcoming !== undefined) {
    const { reason, says } = shortcoming
    return notYet({ reason, sentence: `${subject} ${says} (asked within ${latency}).`, evidence })
  }
  const { canary } = facts
  const proof =
    canary === undefined
      ? 'is as expected'
      : `had its ${canary.partitions.length} canaries processed in ${printLatency(canary.waitedMs)}`
  return passed({
    reason: 'ready',
    sentence: `${subject} ${proof}; asked within ${latency}.`,
    evidence,
  })
}

/** The first thing that is not as it should be, of what is known so far. */
export function findShortcoming(input: KafkaInput, facts: CollectedFacts): Shortcoming | undefined {
  const { topic, group, canary } = facts
  if (facts.brokers === 0) {
    return { reason: 'no-brokers', says: 'answers, and counts no broker that takes part yet' }
  }
  const name = input.topic ?? ''
  if (topic === 'missing') return { reason: 'missing-topic', says: `has no topic ${name}` }
  const ofTopic = topic === undefined ? undefined : findInTopic(input, topic)
  if (topic === undefined || ofTopic !== undefined) return ofTopic
  const ofGroup = group === undefined ? undefined : findInGroup(input, topic, group)
  if (group === undefined || ofGroup !== undefined) return ofGroup
  if (facts.replyTopic === 'missing') {
    const says = `has no topic ${input.canary?.replyTopic} for the answers`
    return { reason: 'missing-reply-topic', says }
  }
  if (canary === undefined || input.canary === undefined) return undefined
  return findInCanary(input.group ?? '', input.canary, canary)
}

function findInTopic(input: KafkaInput, { partitions }: TopicFacts): Shortcoming | undefined {
  const { topic, inSyncMin = 0 } = input
  const count = partitions.length
  if (input.partitions !== undefined && count !== input.partitions) {
    const says = `has ${count} partitions of ${topic}; ${input.partitions} expected`
    return { reason: 'wrong-partitions', says }
  }
  const known = new Set(partitions.map(({ partition }) => partition))
  const absent = (input.canary?.partitions ?? []).filter((partition) => !known.has(partition))
  if (absent.length > 0) {
    const says = `has no partition ${absent.slice(0, SHOWN_MAX).join(', ')} of ${topic}`
    return { reason: 'missing-partition', says }
  }
  const leaderless = partitions.filter(({ leader }) => leader < 0)
  if (leaderless.length > 0) {
    const says = `has ${leaderless.length} of ${count} partitions of ${topic} that nobody leads`
    return { reason: 'leaderless', says }
  }
  const thin = partitions.filter(({ inSync }) => inSync < inSyncMin)
  if (thin.length === 0) return undefined
  const least = Math.min(...thin.map(({ inSync }) => inSync))
  const says = `has ${least} replicas in sync of ${thin.length} partitions of ${topic}; ${inSyncMin} expected`
  return { reason: 'under-replicated', says }
}

function findInGroup(
  input: KafkaInput,
  { partitions }: TopicFacts,
  { state, members, assigned }: GroupFacts,
): Shortcoming | undefined {
  const { topic, group } = input
  if (state === 'Dead') return { reason: 'missing-group', says: `has no group ${group}` }
  if (state === 'Empty' || members === 0) {
    return { reason: 'empty-group', says: `has no member in the group ${group}` }
  }
  if (state !== 'Stable') {
    const says = `is still sharing out the work of the group ${group} (${state})`
    return { reason: 'rebalancing', says }
  }
  const had = new Set(assigned)
  const without = partitions.map(({ partition }) => partition).filter((one) => !had.has(one))
  if (without.length === 0) return undefined
  const named = without.slice(0, SHOWN_MAX).join(', ')
  const says = `has ${members} members of ${group}, none of which has partition ${named} of ${topic}`
  return { reason: 'unassigned', says }
}

function findInCanary(
  group: string,
  input: CanaryInput,
  { partitions, waitedMs }: CanaryFacts,
): Shortcoming | undefined {
  const waited = printLatency(waitedMs)
  const short = partitions.filter(({ committed, offset }) => committed <= offset)
  const stuck = short.filter(({ committed, before }) => committed <= before)
  const [worst = short[0]] = stuck
  if (worst !== undefined) {
    const { partition, committed, offset, before } = worst
    const count = `${short.length} of ${partitions.length} partitions`
    const where = `partition ${partition} at ${committed}, from ${before}, of ${offset + 1n}`
    const isStuck = stuck.length > 0
    const doing = isStuck ? 'is connected and commits nothing in' : 'has yet to come to the end of'
    const says = `${waited} after its canaries: ${group} ${doing} ${count}: ${where}`
    return { reason: isStuck ? 'not-committing' : 'behind', says: `waited ${says}` }
  }
  if (input.replyTopic === undefined) return undefined
  const silent = partitions.filter(({ version }) => version === undefined)
  if (silent.length > 0) {
    const count = `${silent.length} of ${partitions.length} canaries`
    const says = `saw ${group} commit past ${count} without an answer in ${input.replyTopic} within ${waited}`
    return { reason: 'unanswered', says }
  }
  const expected = input.version
  const others = partitions.map(({ version = '' }) => version).filter((one) => one !== expected)
  if (expected === undefined || others.length === 0) return undefined
  const named = [...new Set(others)].map((one) => (one === '' ? 'none' : one)).slice(0, SHOWN_MAX)
  const says = `had ${others.length} of ${partitions.length} canaries processed by version ${named.join(', ')}; ${expected} expected`
  return { reason: 'wrong-version', says }
}
