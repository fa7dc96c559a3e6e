/** The input of the `kafka` probe, its templates resolved. */
import type { Destination } from '../connection/open-connection.ts'
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import type { InputReader } from '../input/input-reader.ts'

/** How to sign in. */
export interface SaslInput {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
  readonly user: string
  /** Never shown. */
  readonly password: string
}

/** Records that the group must commit past. */
export interface CanaryInput {
  readonly payload: string
  readonly headers: Readonly<Record<string, string>>
  /** Undefined: all. */
  readonly partitions: readonly number[] | undefined
  readonly withinMs: number
  readonly replyTopic: string | undefined
  /** What the worker must answer with; undefined: it need not answer. */
  readonly version: string | undefined
}

/** Where to sign in and what to expect. */
export interface KafkaInput {
  readonly brokers: readonly Destination[]
  /** Absent: TLS is not spoken. */
  readonly tls: TlsInput | undefined
  readonly sasl: SaslInput | undefined
  readonly topic: string | undefined
  readonly partitions: number | undefined
  readonly inSyncMin: number | undefined
  readonly group: string | undefined
  readonly canary: CanaryInput | undefined
  /** For people: `localhost:9092, localhost:9093`. */
  readonly shown: string
}

const ADDRESS = /^(?:\[([^\]\s]+)\]|([^:\s[\]]+)):(\d{1,5})$/
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/
const CANARY_WITHIN_MS = 2_000
const MECHANISMS: Readonly<Record<string, SaslInput['mechanism']>> = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
}

/** Reads the input; what is wrong with it is kept by the reader. */
export function readKafkaInput(reader: InputReader): KafkaInput {
  const brokers = reader.texts('brokers', [])
  if (brokers.length === 0) reader.refuse('`brokers` must name at least one broker.')
  const topic = readTopic(reader, 'topic')
  const group = reader.optionalText('group')
  const canary = readCanary(reader)
  if (group !== undefined && topic === undefined) reader.refuse('`group` needs its `topic`.')
  if (canary !== undefined && group === undefined) reader.refuse('`canary` needs its `group`.')
  return {
    brokers: brokers.map((address) => readAddress(reader, address)),
    tls: reader.has('tls') ? readTlsInput(reader) : undefined,
    sasl: readSasl(reader),
    topic,
    partitions: reader.has('partitions') ? reader.whole('partitions', undefined) : undefined,
    inSyncMin: reader.has('inSyncReplicas') ? reader.whole('inSyncReplicas', undefined) : undefined,
    group,
    canary,
    shown: brokers.join(', ').slice(0, 200),
  }
}

function readAddress(reader: InputReader, address: string): Destination {
  const [, bracketed, bare, digits] = ADDRESS.exec(address) ?? []
  const host = bracketed ?? bare
  const port = Number(digits ?? 0)
  // The text itself is not shown, because it may hold a password.
  if (host === undefined) reader.refuse('`brokers` must be a list of host:port.')
  else if (port < 1 || port > 65_535) reader.refuse('a port of `brokers` is not from 1 to 65535.')
  return { host: host ?? '', port }
}

function readTopic(reader: InputReader, name: string): string | undefined {
  const topic = reader.optionalText(name)
  if (topic !== undefined && !TOPIC.test(topic)) {
    reader.refuse(`\`${name}\` must be the name of a topic, of letters, digits and ._-`)
  }
  return topic
}

function readSasl(reader: InputReader): SaslInput | undefined {
  const sasl = reader.object('sasl')
  if (sasl === undefined) return undefined
  const mechanism = MECHANISMS[sasl.optionalText('mechanism') ?? 'plain']
  if (mechanism === undefined) {
    sasl.refuse(`\`mechanism\` must be one of ${Object.keys(MECHANISMS).join(', ')}.`)
  }
  const read = { user: sasl.text('user'), password: sasl.text('password') }
  if (read.user === '' || read.password === '') sasl.refuse('`user` and `password` are needed.')
  if (sasl.mistake !== undefined) reader.refuse(`sasl: ${sasl.mistake}`)
  return { mechanism: mechanism ?? 'PLAIN', ...read }
}

function readCanary(reader: InputReader): CanaryInput | undefined {
  const canary = reader.object('canary')
  if (canary === undefined) return undefined
  const replyTopic = readTopic(canary, 'replyTopic')
  const version = canary.optionalText('by')
  if (version !== undefined && replyTopic === undefined) {
    canary.refuse('`by` needs the `replyTopic` to which the worker answers.')
  }
  const read = {
    payload: canary.optionalText('payload') ?? '{}',
    headers: canary.textMap('headers'),
    partitions: canary.has('partitions') ? canary.wholes('partitions', []) : undefined,
    withinMs: canary.whole('processedWithin', CANARY_WITHIN_MS),
    replyTopic,
    version,
  }
  if (canary.mistake !== undefined) reader.refuse(`canary: ${canary.mistake}`)
  return read
}
