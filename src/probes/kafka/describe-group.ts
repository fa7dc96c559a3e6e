/**
 * Asks the coordinator of a group who is in it and which partitions of a topic they have. Groups of the
 * classic protocol and of the one of KIP-848 are described by different requests.
 */
import type { Broker } from './broker.ts'
import type { GroupFacts } from './facts.ts'
import type { KafkaSession } from './session.ts'
import { responseOf } from './trouble.ts'

type Library = KafkaSession['library']
type Reader = InstanceType<Library['Reader']>

/** Of the new protocol, the number of the request that describes groups. */
const DESCRIBE_CONSUMER_GROUP = 69

/** What one member has. */
interface Assignment {
  readonly topic: string
  readonly partitions: readonly number[]
}

interface Described {
  readonly state: string
  readonly members: readonly (readonly Assignment[])[]
}

/** What is asked. */
export interface GroupQuestion {
  readonly library: Library
  readonly coordinator: Broker
  readonly group: string
  readonly topic: string
}

/** Describes the group. @throws KafkaTrouble */
export async function describeGroup(question: GroupQuestion): Promise<GroupFacts> {
  const classic = await describeClassic(question)
  // To the classic request, a group of the new protocol is one that is not there.
  if (classic.state !== 'Dead') return factsOf(question, 'classic', classic)
  const consumer = await describeConsumer(question)
  return consumer === undefined
    ? factsOf(question, 'classic', classic)
    : factsOf(question, 'consumer', consumer)
}

function factsOf(
  { topic }: GroupQuestion,
  protocol: GroupFacts['protocol'],
  { state, members }: Described,
): GroupFacts {
  const own = members.flat().filter((assignment) => assignment.topic === topic)
  const assigned = [...new Set(own.flatMap(({ partitions }) => partitions))]
  return { state, protocol, members: members.length, assigned: assigned.sort((a, b) => a - b) }
}

async function describeClassic({ library, coordinator, group }: GroupQuestion): Promise<Described> {
  const { api } = library.describeGroupsV5
  const asked = { doing: 'describe the group', apis: [api] }
  const { groups } = await coordinator.ask(asked, [group], false)
  const found = groups[0]
  if (found === undefined) return { state: 'Dead', members: [] }
  const isConsumer = found.protocolType === 'consumer'
  const members = found.members.map(({ memberAssignment }) =>
    isConsumer ? readAssignment(library, memberAssignment) : [],
  )
  return { state: found.groupState, members }
}

/** Undefined: there is no such group either, or the broker does not know the new protocol. */
async function describeConsumer({
  library,
  coordinator,
  group,
}: GroupQuestion): Promise<Described | undefined> {
  const api = describeConsumerGroupApi(library)
  if (!coordinator.knows([api])) return undefined
  const asked = {
    doing: 'describe the group',
    apis: [api],
    mend: responseOf<Described | undefined>,
  }
  return await coordinator.ask(asked, group)
}

/** The client's own reading of this response takes the list of topics for one text. */
function describeConsumerGroupApi({
  createAPI,
  Writer,
}: Library): ReturnType<typeof createAPI<[group: string], Described | undefined>> {
  return createAPI(
    DESCRIBE_CONSUMER_GROUP,
    0,
    (group: string) =>
      Writer.create()
        .appendArray([group], (writer, name) => writer.appendString(name), true, false)
        .appendBoolean(false)
        .appendTaggedFields(),
    (_correlationId, _key, _version, reader) => readConsumerGroup(reader),
  )
}

function readConsumerGroup(reader: Reader): Described | undefined {
  reader.readInt32()
  const [group] = reader.readArray(() => {
    const errorCode = reader.readInt16()
    reader.readNullableString()
    reader.readString()
    const state = reader.readString()
    reader.readInt32()
    reader.readInt32()
    reader.readString()
    const members = reader.readArray(() => readMember(reader))
    reader.readInt32()
    return errorCode === 0 ? { state, members } : undefined
  })
  return group
}

function readMember(reader: Reader): readonly Assignment[] {
  reader.readString()
  reader.readNullableString()
  reader.readNullableString()
  reader.readInt32()
  reader.readString()
  reader.readString()
  reader.readArray(() => reader.readString(), true, false)
  reader.readNullableString()
  const assigned = readTopics(reader)
  readTopics(reader)
  return assigned
}

function readTopics(reader: Reader): readonly Assignment[] {
  const topics = reader.readArray(() => {
    reader.readUUID()
    const topic = reader.readString()
    return { topic, partitions: reader.readArray(() => reader.readInt32(), true, false) }
  })
  reader.readTaggedFields()
  return topics
}

/** Reads what the leader of a classic group gave a member; nothing before the group is stable. */
function readAssignment({ Reader }: Library, bytes: Buffer): readonly Assignment[] {
  if (bytes.length < 6) return []
  const reader = Reader.from(bytes)
  reader.readInt16()
  return reader.readArray(
    () => ({
      topic: reader.readString(false),
      partitions: reader.readArray(() => reader.readInt32(), false, false),
    }),
    false,
    false,
  )
}
