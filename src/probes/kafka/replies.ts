/** Reads what workers answer to canaries: records of a topic, from where it ended before they were sent. */
import type { fetchV17, KafkaRecord } from '@platformatic/kafka'
import type { KafkaSession, TopicMetadata } from './session.ts'

/** Marks a canary, and the answer to it. */
export const CANARY_HEADER = 'Rampart-Canary'
/** The topic to which the worker answers. */
export const REPLY_HEADER = 'Rampart-Reply-To'
/** What the worker calls itself. */
export const VERSION_HEADER = 'Rampart-Version'

type FetchResponse = fetchV17.FetchResponse

const BYTES_AT_ONCE = 262_144
const SHOWN_MAX = 100

/** Where reading goes on, partition by partition. */
export interface ReplyPosition {
  readonly topicId: string
  readonly offsets: Map<number, bigint>
}

/** The end of every partition, which is where answers will come. */
export async function findEnd(session: KafkaSession, topic: TopicMetadata): Promise<ReplyPosition> {
  const name = topic.name ?? ''
  const ends = await Promise.all(
    [...byLeader(topic)].map(([leader, partitions]) =>
      session.latestOffsets(leader, name, partitions),
    ),
  )
  return { topicId: topic.topicId, offsets: new Map(ends.flatMap((one) => [...one])) }
}

/** Partitions by the broker that leads them. */
export function byLeader(
  topic: Pick<TopicMetadata, 'partitions'>,
): ReadonlyMap<number, readonly number[]> {
  const leaders = new Map<number, number[]>()
  for (const { leaderId, partitionIndex } of topic.partitions) {
    leaders.set(leaderId, [...(leaders.get(leaderId) ?? []), partitionIndex])
  }
  return leaders
}

/**
 * Waits up to `waitMs` for more records, and gives the versions of those that answer a canary, by
 * their tokens. The position moves on.
 */
export async function readReplies(
  session: KafkaSession,
  topic: TopicMetadata,
  { position, waitMs }: { readonly position: ReplyPosition; readonly waitMs: number },
): Promise<ReadonlyMap<string, string>> {
  const responses = await Promise.all(
    [...byLeader(topic)].map(([leader, partitions]) =>
      fetchFrom(session, leader, { position, partitions, waitMs }),
    ),
  )
  const found = new Map<string, string>()
  for (const { partitions } of responses.flatMap((one) => one.responses)) {
    for (const { partitionIndex, records = [] } of partitions) {
      for (const batch of records) {
        const next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n
        if (next > (position.offsets.get(partitionIndex) ?? 0n)) {
          position.offsets.set(partitionIndex, next)
        }
        for (const record of batch.records) readReply(record, found)
      }
    }
  }
  return found
}

async function fetchFrom(
  session: KafkaSession,
  leader: number,
  from: {
    readonly position: ReplyPosition
    readonly partitions: readonly number[]
    readonly waitMs: number
  },
): Promise<FetchResponse> {
  const { fetchV17, fetchV16, fetchV15, fetchV14, fetchV13 } = session.library
  const apis = [fetchV17.api, fetchV16.api, fetchV15.api, fetchV14.api, fetchV13.api]
  const broker = await session.broker(leader)
  const partitions = from.partitions.map((partition) => ({
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: from.position.offsets.get(partition) ?? 0n,
    lastFetchedEpoch: -1,
    partitionMaxBytes: BYTES_AT_ONCE,
  }))
  const topics = [{ topicId: from.position.topicId, partitions }]
  const asked = { doing: 'read the answers', apis }
  const waitMs = Math.max(1, Math.round(from.waitMs))
  return await broker.ask(asked, waitMs, 1, BYTES_AT_ONCE, 0, 0, -1, topics, [], '')
}

function readReply({ headers, value }: KafkaRecord, found: Map<string, string>): void {
  const named = new Map(headers.map(([name, text]) => [name?.toString() ?? '', text?.toString()]))
  const body = readBody(value)
  const token = named.get(CANARY_HEADER) ?? body.token
  const version = named.get(VERSION_HEADER) ?? body.version ?? ''
  if (token !== undefined) found.set(token, version.slice(0, SHOWN_MAX))
}

function readBody(value: Buffer | null): { readonly token?: string; readonly version?: string } {
  try {
    const body: unknown = JSON.parse(value?.toString() ?? '')
    if (typeof body !== 'object' || body === null) return {}
    const { token, version } = body as { readonly token?: unknown; readonly version?: unknown }
    return {
      ...(typeof token === 'string' ? { token } : {}),
      ...(typeof version === 'string' ? { version } : {}),
    }
  } catch {
    // What is no JSON may be the answer to something else.
    return {}
  }
}
