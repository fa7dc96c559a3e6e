/** What one attempt saw of a Kafka cluster, as far as it got. */
import type { FailedAddress } from '../connection/connection-failure.ts'

/** A topic as the brokers tell of it. */
export interface TopicFacts {
  readonly id: string
  readonly partitions: readonly PartitionFacts[]
}

/** One partition. */
export interface PartitionFacts {
  readonly partition: number
  /** The broker that leads it; -1: none does. */
  readonly leader: number
  readonly replicas: number
  readonly inSync: number
}

/** A group of consumers as its coordinator tells of it. */
export interface GroupFacts {
  /** In the coordinator's words: `Stable`, `Empty`, `PreparingRebalance`; `Dead`: there is none. */
  readonly state: string
  readonly protocol: 'classic' | 'consumer'
  readonly members: number
  /** The partitions of the topic that some member has, sorted. */
  readonly assigned: readonly number[]
}

/** How far the group has come in one partition that has a canary. */
export interface CanaryPartition {
  readonly partition: number
  /** Of the canary. */
  readonly offset: bigint
  /** What the group had committed before the canary was there; -1: nothing. */
  readonly before: bigint
  readonly committed: bigint
  /** What the worker calls itself; empty when it answered without saying. */
  readonly version?: string
}

/** What became of the canaries. */
export interface CanaryFacts {
  readonly partitions: readonly CanaryPartition[]
  /** @unit ms */
  readonly waitedMs: number
  /** Whether an earlier attempt had sent them. */
  readonly isEarlier: boolean
}

/** Why it went no further. */
export interface KafkaFailure {
  /** Kafka's own name of an error, or the code of the operating system or of TLS. */
  readonly code: string
  /** What was being done: `describe the group`. */
  readonly doing: string
  /** The broker that it was about: `localhost:9092`. */
  readonly broker: string
  readonly failed?: readonly FailedAddress[]
}

/** Everything that one attempt saw. */
export interface KafkaFacts {
  readonly latencyMs: number
  readonly clusterId?: string
  readonly brokers?: number
  readonly topic?: TopicFacts | 'missing'
  readonly group?: GroupFacts
  readonly canary?: CanaryFacts
  readonly replyTopic?: 'missing'
  readonly failure?: KafkaFailure
}

/** What could be found out by asking. */
export type CollectedFacts = Omit<KafkaFacts, 'latencyMs'>
