/**
 * Sends canaries: one record into each partition, which the group must commit past. That it is connected,
 * and that it lags little, prove nothing: who is paused is connected too, and an idle topic has no lag.
 * A record cannot be taken out of Kafka again, so an attempt whose canaries were not committed past in
 * time leaves them to the next one, which sends no others.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { offsetFetchV9, produceV11 } from '@platformatic/kafka'
import type { Broker } from './broker.ts'
import type { CanaryFacts, CanaryPartition } from './facts.ts'
import type { CanaryInput } from './kafka-input.ts'
import {
  byLeader,
  CANARY_HEADER,
  findEnd,
  REPLY_HEADER,
  type ReplyPosition,
  readReplies,
} from './replies.ts'
import type { KafkaSession, TopicMetadata } from './session.ts'
import { KafkaTrouble } from './trouble.ts'

type OffsetFetchResponse = offsetFetchV9.OffsetFetchResponse
type ProduceResponse = produceV11.ProduceResponse

/** How often the group is asked for how far it is. @unit ms */
const PAUSE_MS_MIN = 5
const PAUSE_MS_MAX = 100
/** How long a broker waits for all replicas to take a canary. @unit ms */
const ACKNOWLEDGE_MS = 2_000

/** Canaries that have been sent and not yet been seen through. */
export interface Sent {
  readonly topicId: string
  readonly token: string
  readonly replies: ReplyPosition | undefined
  /** Per partition; grows while they are being sent. */
  readonly offsets: Map<number, bigint>
  readonly before: ReadonlyMap<number, bigint>
  readonly versions: Map<string, string>
}

/** What is sent, to whom, over what. */
export interface Sending {
  readonly session: KafkaSession
  readonly coordinator: Broker
  readonly group: string
  readonly topic: TopicMetadata
  readonly replyTopic: TopicMetadata | undefined
  readonly canary: CanaryInput
  /** Of an earlier attempt. */
  readonly earlier: Sent | undefined
  readonly signal: AbortSignal
  /** Gets what was sent as soon as something may have been, and undefined once all is seen through. */
  remember(sent: Sent | undefined): void
  report(facts: CanaryFacts): void
}

/** Sends canaries, unless earlier ones are under way, and waits for what becomes of them. */
export async function sendCanaries(sending: Sending): Promise<void> {
  const { earlier, topic, remember } = sending
  // Of canaries that were cut off while being sent nobody knows where they are.
  const isSame = earlier?.topicId === topic.topicId && earlier.offsets.size === earlier.before.size
  const sent = isSame ? earlier : await prepare(sending)
  remember(sent)
  const startedMs = performance.now()
  if (!isSame) await produce(sending, sent)
  if (await follow(sending, sent, { startedMs, isEarlier: isSame })) remember(undefined)
}

async function prepare({ session, replyTopic, topic, ...rest }: Sending): Promise<Sent> {
  const partitions =
    rest.canary.partitions ?? topic.partitions.map(({ partitionIndex }) => partitionIndex)
  const replies = replyTopic === undefined ? undefined : await findEnd(session, replyTopic)
  return {
    topicId: topic.topicId,
    token: randomUUID(),
    replies,
    offsets: new Map(),
    before: await fetchCommitted({ session, topic, ...rest }, partitions),
    versions: new Map(),
  }
}

async function produce({ session, topic, canary }: Sending, sent: Sent): Promise<void> {
  const { produceV11, produceV10, produceV9 } = session.library
  const apis = [produceV11.api, produceV10.api, produceV9.api]
  const name = topic.name ?? ''
  const leaders = byLeader({
    partitions: topic.partitions.filter(({ partitionIndex }) => sent.before.has(partitionIndex)),
  })
  await Promise.all(
    [...leaders].map(async ([leader, partitions]) => {
      const records = partitions.map((partition) => ({
        topic: name,
        partition,
        key: Buffer.from('rampart-canary'),
        value: Buffer.from(canary.payload),
        headers: headersOf(canary, tokenOf(sent, partition)),
      }))
      const broker = await session.broker(leader)
      const asked = { doing: `send a canary to ${name}`, apis }
      const answer = await broker.ask(asked, -1, ACKNOWLEDGE_MS, records, undefined)
      for (const { index, baseOffset } of stored(answer)) sent.offsets.set(index, baseOffset)
    }),
  )
}

function stored(
  answer: ProduceResponse | boolean,
): ProduceResponse['responses'][0]['partitionResponses'] {
  return typeof answer === 'boolean'
    ? []
    : answer.responses.flatMap((one) => one.partitionResponses)
}

function headersOf(canary: CanaryInput, token: string): Map<Buffer, Buffer> {
  const headers = { ...canary.headers, [CANARY_HEADER]: token }
  const all =
    canary.replyTopic === undefined ? headers : { ...headers, [REPLY_HEADER]: canary.replyTopic }
  return new Map(Object.entries(all).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]))
}

function tokenOf(sent: Sent, partition: number): string {
  return `${sent.token}/${partition}`
}

interface Course {
  readonly startedMs: number
  readonly isEarlier: boolean
}

/** Whether all were committed past, and answered where answers are wanted, in time. */
async function follow(sending: Sending, sent: Sent, course: Course): Promise<boolean> {
  const { session, canary, replyTopic, signal } = sending
  let committed = sent.before
  const report = (): boolean => {
    const waitedMs = Math.round((performance.now() - course.startedMs) * 100) / 100
    const partitions = partitionsOf(sent, committed)
    sending.report({ partitions, waitedMs, isEarlier: course.isEarlier })
    const isSeenThrough = (one: CanaryPartition): boolean =>
      one.committed > one.offset && (replyTopic === undefined || one.version !== undefined)
    return partitions.length === sent.before.size && partitions.every(isSeenThrough)
  }
  report()
  for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(1.5 * pauseMs, PAUSE_MS_MAX)) {
    committed = await fetchCommitted(sending, [...sent.offsets.keys()])
    if (report()) return true
    const leftMs = canary.withinMs - (performance.now() - course.startedMs)
    if (leftMs <= 0) return false
    const waitMs = Math.min(pauseMs, leftMs)
    if (replyTopic === undefined || sent.replies === undefined) {
      await sleep(waitMs, undefined, { signal }).catch(() => 'The next request tells of the abort.')
      continue
    }
    const found = await readReplies(session, replyTopic, { position: sent.replies, waitMs })
    for (const [token, version] of found) sent.versions.set(token, version)
  }
}

function partitionsOf(
  sent: Sent,
  committed: ReadonlyMap<number, bigint>,
): readonly CanaryPartition[] {
  return [...sent.offsets]
    .sort(([one], [other]) => one - other)
    .map(([partition, offset]) => {
      const version = sent.versions.get(tokenOf(sent, partition))
      return {
        partition,
        offset,
        before: sent.before.get(partition) ?? -1n,
        committed: committed.get(partition) ?? -1n,
        ...(version === undefined ? {} : { version }),
      }
    })
}

/** What the group has committed, partition by partition; -1: nothing. */
async function fetchCommitted(
  {
    session,
    coordinator,
    group,
    topic,
  }: Pick<Sending, 'session' | 'coordinator' | 'group' | 'topic'>,
  partitionIndexes: readonly number[],
): Promise<ReadonlyMap<number, bigint>> {
  const { offsetFetchV9, offsetFetchV8 } = session.library
  const apis = [offsetFetchV9.api, offsetFetchV8.api]
  const doing = 'ask how far the group has committed'
  const name = topic.name ?? ''
  const response: OffsetFetchResponse = await coordinator.ask(
    { doing, apis },
    [
      {
        groupId: group,
        memberEpoch: -1,
        topics: [{ name, partitionIndexes: [...partitionIndexes] }],
      },
    ],
    false,
  )
  const found = response.groups.flatMap(({ topics }) => topics).flatMap((one) => one.partitions)
  const offsets = new Map(found.map((one) => [one.partitionIndex, one.committedOffset] as const))
  if (partitionIndexes.every((partition) => offsets.has(partition))) return offsets
  throw new KafkaTrouble({ code: 'UNKNOWN_TOPIC_OR_PARTITION', doing, broker: coordinator.shown })
}
