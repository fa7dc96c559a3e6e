/** Asks an open session everything that the input wants to know, from the cluster to the canaries. */
import { type Sent, sendCanaries } from './canary.ts'
import { describeGroup } from './describe-group.ts'
import type { CollectedFacts, TopicFacts } from './facts.ts'
import type { KafkaInput } from './kafka-input.ts'
import type { KafkaSession, TopicMetadata } from './session.ts'
import { KafkaTrouble } from './trouble.ts'

/** What is asked over what. */
export interface Collecting {
  readonly session: KafkaSession
  readonly input: KafkaInput
  readonly earlier: Sent | undefined
  readonly signal: AbortSignal
  /** Whether what is known so far is good enough to go on. */
  isGood(facts: CollectedFacts): boolean
  remember(sent: Sent | undefined): void
  /** Gets what is known after every step, so that a failure later loses nothing. */
  report(facts: CollectedFacts): void
}

/** Asks; ends early where the rest is of no use. @throws KafkaTrouble */
export async function collectFacts(collecting: Collecting): Promise<void> {
  const { session, input, signal } = collecting
  const { topic, group, canary } = input
  const replyTopic = canary?.replyTopic
  const topics = [topic, replyTopic].filter((name) => name !== undefined)
  const cluster = await session.describe(topics)
  let facts: CollectedFacts = {
    brokers: cluster.brokers.length,
    ...(typeof cluster.clusterId !== 'string' ? {} : { clusterId: cluster.clusterId }),
  }
  const learn = (more: CollectedFacts): boolean => {
    facts = { ...facts, ...more }
    collecting.report(facts)
    return collecting.isGood(facts)
  }
  if (!learn({})) return
  const found = cluster.topics.find(({ name }) => name === topic)
  for (const one of cluster.topics) refuse(session, one)
  if (topic === undefined || !learn({ topic: topicFacts(found) })) return
  if (group === undefined || found === undefined) return
  const coordinator = await session.coordinator(group)
  const { library } = session
  const isGood = learn({ group: await describeGroup({ library, coordinator, group, topic }) })
  if (!isGood || canary === undefined) return
  const answers = cluster.topics.find(({ name }) => name === replyTopic)
  if (replyTopic !== undefined && topicFacts(answers) === 'missing') {
    learn({ replyTopic: 'missing' })
    return
  }
  await sendCanaries({
    session,
    coordinator,
    group,
    topic: found,
    replyTopic: replyTopic === undefined ? undefined : answers,
    canary,
    earlier: collecting.earlier,
    signal,
    remember: collecting.remember,
    report: (sent) => learn({ canary: sent }),
  })
}

/** A topic that is not there is a fact; one that may not be looked at is trouble. */
function refuse({ library }: KafkaSession, { name, errorCode, partitions }: TopicMetadata): void {
  const code = library.protocolErrorsCodesById[errorCode] ?? 'UNKNOWN_SERVER_ERROR'
  if (errorCode === 0 || code === 'UNKNOWN_TOPIC_OR_PARTITION' || partitions.length > 0) return
  throw new KafkaTrouble({ code, doing: `describe the topic ${name}`, broker: '' })
}

function topicFacts(found: TopicMetadata | undefined): TopicFacts | 'missing' {
  if (found === undefined || found.partitions.length === 0) return 'missing'
  const partitions = found.partitions
    .map(({ partitionIndex, leaderId, replicaNodes, isrNodes }) => ({
      partition: partitionIndex,
      leader: leaderId,
      replicas: replicaNodes.length,
      inSync: isrNodes.length,
    }))
    .sort((one, other) => one.partition - other.partition)
  return { id: found.topicId, partitions }
}
