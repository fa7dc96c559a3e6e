/** What one attempt saw of Kafka, as evidence: numbers and names, bounded in size. */
import type { Json, JsonObject } from '../../core/units/json.ts'
import type { CanaryFacts, GroupFacts, KafkaFacts, TopicFacts } from './facts.ts'

/** How many partitions or versions are named. */
const SHOWN_MAX = 20

/** The evidence. */
export function evidenceOf(facts: KafkaFacts): JsonObject {
  const { latencyMs, clusterId, brokers, topic, group, canary } = facts
  return {
    latencyMs,
    ...(clusterId === undefined ? {} : { clusterId }),
    ...(brokers === undefined ? {} : { brokers }),
    ...(topic === undefined || topic === 'missing' ? {} : topicEvidence(topic)),
    ...(group === undefined ? {} : groupEvidence(group)),
    ...(canary === undefined ? {} : canaryEvidence(canary)),
  }
}

function topicEvidence({ partitions }: TopicFacts): JsonObject {
  return {
    partitions: partitions.length,
    leaderless: partitions.filter(({ leader }) => leader < 0).length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas)),
    inSyncReplicas: Math.min(...partitions.map(({ inSync }) => inSync)),
  }
}

function groupEvidence({ state, protocol, members, assigned }: GroupFacts): JsonObject {
  return { groupState: state, groupProtocol: protocol, members, assigned: assigned.length }
}

function canaryEvidence({ partitions, waitedMs, isEarlier }: CanaryFacts): JsonObject {
  const short = partitions.filter(({ committed, offset }) => committed <= offset)
  const versions = partitions.map(({ version }) => version).filter((one) => one !== undefined)
  return {
    canaries: partitions.length,
    processed: partitions.length - short.length,
    waitedMs,
    ...(isEarlier ? { earlier: true } : {}),
    ...(short.length === 0 ? {} : { behind: short.slice(0, SHOWN_MAX).map(printPartition) }),
    ...(versions.length === 0
      ? {}
      : { workerVersions: unique(versions), answers: versions.length }),
  }
}

function printPartition(one: CanaryFacts['partitions'][0]): Json {
  return {
    partition: one.partition,
    canary: printOffset(one.offset),
    before: printOffset(one.before),
    committed: printOffset(one.committed),
  }
}

/** As a number as long as that is exact. */
function printOffset(offset: bigint): number | string {
  return offset <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(offset) : String(offset)
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].slice(0, SHOWN_MAX)
}
