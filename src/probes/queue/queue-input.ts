/** The input of the `queue` probe, its templates resolved. */
import { digestOf } from '../../core/units/digest.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import { InputReader } from '../input/input-reader.ts'

/** The job systems that can be asked. */
export type JobSystem = 'pgBoss' | 'bullmq' | 'graphileWorker'

/** Where the queue is and how soon which worker must have done the canary. */
export interface QueueInput {
  readonly system: JobSystem
  /** Holds the password: never shown. */
  readonly url: URL
  readonly host: string
  readonly port: number
  readonly tls: TlsInput
  /** Schema of the database, or prefix of all keys. */
  readonly space: string
  /** The queue that is looked at; for graphile-worker the task. */
  readonly queue: string
  /** The queue that the canary is sent through. */
  readonly canaryQueue: string
  /** For BullMQ: the canary's name as a job. */
  readonly canaryName: string
  /** For pg-boss: the application_name of the worker's sessions. */
  readonly session: string | undefined
  /** What the canary carries besides its token. */
  readonly data: JsonObject
  readonly processedWithinMs: number
  /** Version of the worker that must have done it. */
  readonly by: string | undefined
  readonly waitingMax: number | undefined
  readonly oldestWaitingMsMax: number | undefined
  /** The canary's id: the same for the same question, so that there is never more than one. */
  readonly canaryId: string
  /** For people: `pg-boss queue orders at app@localhost:5432/shop`. */
  readonly shown: string
}

interface Manner {
  readonly label: string
  readonly protocols: RegExp
  readonly like: string
  readonly port: number
  readonly spaceName: string
  readonly space: string
  readonly queueName: string
  readonly canaryQueueName: string
}

const SQL = {
  protocols: /^postgres(?:ql)?:$/,
  like: 'postgres://user:password@host:5432/database',
  port: 5_432,
  spaceName: 'schema',
}

const MANNERS: Readonly<Record<JobSystem, Manner>> = {
  pgBoss: {
    ...SQL,
    label: 'pg-boss queue',
    space: 'pgboss',
    queueName: 'queue',
    canaryQueueName: 'canaryQueue',
  },
  bullmq: {
    label: 'BullMQ queue',
    protocols: /^rediss?:$/,
    like: 'redis://user:password@host:6379/0',
    port: 6_379,
    spaceName: 'prefix',
    space: 'bull',
    queueName: 'queue',
    canaryQueueName: 'canaryQueue',
  },
  graphileWorker: {
    ...SQL,
    label: 'graphile-worker task',
    space: 'graphile_worker',
    queueName: 'task',
    canaryQueueName: 'canaryTask',
  },
}

const PROCESSED_WITHIN_MS = 2_000

/** Reads the input; what is wrong with it is kept by the reader. */
export function readQueueInput(reader: InputReader): QueueInput {
  const system = readSystem(reader)
  const place = readPlace(reader, system)
  const canary = reader.object('canary') ?? new InputReader({})
  const data = readData(canary)
  const input = {
    ...place,
    system,
    data,
    processedWithinMs: canary.whole('processedWithin', PROCESSED_WITHIN_MS),
    by: canary.optionalText('by'),
    waitingMax: reader.has('waiting') ? reader.whole('waiting', undefined) : undefined,
    oldestWaitingMsMax: reader.has('oldestWaiting')
      ? reader.whole('oldestWaiting', undefined)
      : undefined,
  }
  if (canary.mistake !== undefined) reader.refuse(`canary: ${canary.mistake}`)
  const { shown, space, canaryQueue, canaryName, by } = input
  const canaryId = idOf({ shown, space, canaryQueue, canaryName, data, by: by ?? null })
  return { ...input, canaryId }
}

function readSystem(reader: InputReader): JobSystem {
  const named = (Object.keys(MANNERS) as JobSystem[]).filter((name) => reader.has(name))
  if (named.length !== 1)
    reader.refuse(`exactly one of ${Object.keys(MANNERS).join(', ')} is needed.`)
  return named[0] ?? 'pgBoss'
}

type Place = Pick<
  QueueInput,
  | 'url'
  | 'host'
  | 'port'
  | 'tls'
  | 'space'
  | 'queue'
  | 'canaryQueue'
  | 'canaryName'
  | 'session'
  | 'shown'
>

function readPlace(reader: InputReader, system: JobSystem): Place {
  const manner = MANNERS[system]
  const place = reader.object(system) ?? new InputReader({})
  const url = URL.parse(place.text('url'))
  if (url === null || !manner.protocols.test(url.protocol) || url.hostname === '') {
    // The text itself is not shown, because it may hold a password.
    place.refuse(`\`url\` must be a URL like ${manner.like}.`)
  }
  const space = place.optionalText(manner.spaceName) ?? manner.space
  if (system !== 'bullmq' && !/^[a-z_][a-z0-9_]{0,62}$/.test(space)) {
    place.refuse(`\`schema\` must be a name of a-z, 0-9 and _, and is ${space.slice(0, 40)}.`)
  }
  const queue = readName(place, manner.queueName)
  const canaryQueue = place.has(manner.canaryQueueName)
    ? readName(place, manner.canaryQueueName)
    : queue
  const read = {
    url: url ?? new URL('unknown://unknown'),
    host: url?.hostname ?? '',
    port: Number(url?.port || manner.port),
    tls: readTlsInput(place),
    space,
    queue,
    canaryQueue,
    canaryName: place.optionalText('canaryName') ?? 'canary',
    session: place.optionalText('session'),
  }
  if (!isDecodable(`${url?.username}:${url?.password}`)) {
    place.refuse('`url` has a user or password that is not percent-encoded.')
  }
  const user = url?.username ? `${url.username}@` : ''
  if (place.mistake !== undefined) reader.refuse(`${system}: ${place.mistake}`)
  const at = `${user}${read.host}:${read.port}${url?.pathname ?? ''}`
  return { ...read, shown: `${manner.label} ${queue} at ${at}` }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    // Only what is no percent-encoding throws, and this is what was asked.
    return false
  }
}

function readName(place: InputReader, member: string): string {
  const name = place.text(member)
  if (name === '') place.refuse(`\`${member}\` must be a name, and is empty.`)
  return name
}

function readData(canary: InputReader): JsonObject {
  const data = canary.object('data')
  if (data === undefined) return {}
  return Object.fromEntries(data.names().map((name) => [name, data.json(name) ?? null]))
}

/** A UUID of version 8, which leaves its digits to whoever makes it. */
function idOf(question: Json): string {
  const digits = digestOf(question).slice('sha256:'.length)
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ]
  return parts.join('-')
}
