/** The input of the `rabbitmq` probe, its templates resolved. */
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import { signInHeaders } from '../exchange/sign-in.ts'
import type { InputReader } from '../input/input-reader.ts'
import { readUrlPart } from '../input/read-url-part.ts'

/** A message that a worker must answer. */
export interface CanaryInput {
  /** Empty: straight to the queue. */
  readonly exchange: string
  readonly routingKey: string
  readonly payload: string
  readonly headers: Readonly<Record<string, string>>
  readonly withinMs: number
  /** What the worker must call itself in its answer; undefined: any worker may answer. */
  readonly version: string | undefined
}

/** Where the management plugin is asked. */
export interface ManagementInput {
  readonly url: URL
  /** Holds the password; never shown. */
  readonly headers: Readonly<Record<string, string>>
}

/** Where to sign in and what to expect. */
export interface RabbitmqInput {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  readonly tls: TlsInput
  readonly user: string
  /** Never shown. */
  readonly password: string
  readonly vhost: string
  /** For people: `localhost:5672/shop`. */
  readonly shown: string
  readonly management: ManagementInput | undefined
  readonly queue: string | undefined
  readonly type: string | undefined
  readonly consumersMin: number | undefined
  readonly waitingMax: number | undefined
  readonly unacknowledgedMax: number | undefined
  readonly canary: CanaryInput | undefined
}

const PORT = 5_672
const SECURE_PORT = 5_671
const CANARY_WITHIN_MS = 2_000
const TYPES = ['classic', 'quorum', 'stream']

/** Reads the input; what is wrong with it is kept by the reader. */
export function readRabbitmqInput(reader: InputReader): RabbitmqInput {
  const place = readUrl(reader)
  const queue = reader.optionalText('queue')
  const type = reader.optionalText('type')
  if (type !== undefined && !TYPES.includes(type)) {
    reader.refuse(`\`type\` must be classic, quorum or stream, and is ${type}.`)
  }
  const canary = readCanary(reader, queue)
  if (queue === undefined && canary !== undefined) {
    reader.refuse('`canary` needs the `queue` whose worker must answer it.')
  }
  return {
    ...place,
    tls: readTlsInput(reader),
    management: readManagement(reader, place),
    queue,
    type,
    consumersMin: readCount(reader, 'consumers'),
    waitingMax: readCount(reader, 'waiting'),
    unacknowledgedMax: readCount(reader, 'unacknowledged'),
    canary,
  }
}

type Place = Pick<
  RabbitmqInput,
  'host' | 'port' | 'isSecure' | 'user' | 'password' | 'vhost' | 'shown'
>

function readUrl(reader: InputReader): Place {
  const url = URL.parse(reader.text('url'))
  if (url === null || !/^amqps?:$/.test(url.protocol) || url.hostname === '') {
    // The text itself is not shown, because it may hold a password.
    reader.refuse('`url` must be a URL like amqp://user:password@host:5672/vhost.')
  }
  const isSecure = url?.protocol === 'amqps:'
  const host = (url?.hostname ?? '').replace(/^\[(.*)\]$/, '$1')
  const port = Number(url?.port || (isSecure ? SECURE_PORT : PORT))
  const vhost = readUrlPart(reader, url?.pathname.slice(1) ?? '') || '/'
  // RabbitMQ's own default, as all its clients have it.
  const isNobody = url?.username === '' && url.password === ''
  return {
    host,
    port,
    isSecure,
    user: isNobody ? 'guest' : readUrlPart(reader, url?.username ?? ''),
    password: isNobody ? 'guest' : readUrlPart(reader, url?.password ?? ''),
    vhost,
    shown: `${url?.hostname ?? ''}:${port}/${vhost === '/' ? '' : vhost}`,
  }
}

function readManagement(reader: InputReader, place: Place): ManagementInput | undefined {
  const text = reader.optionalText('management')
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    reader.refuse('`management` must be a URL like http://host:15672.')
    return undefined
  }
  if (url.username === '') {
    url.username = encodeURIComponent(place.user)
    url.password = encodeURIComponent(place.password)
  }
  const headers = { accept: 'application/json', ...signInHeaders(url, reader) }
  url.username = ''
  url.password = ''
  return { url, headers }
}

function readCount(reader: InputReader, name: string): number | undefined {
  return reader.has(name) ? reader.whole(name, undefined) : undefined
}

function readCanary(reader: InputReader, queue: string | undefined): CanaryInput | undefined {
  const canary = reader.object('canary')
  if (canary === undefined) return undefined
  const read = {
    exchange: canary.optionalText('exchange') ?? '',
    routingKey: canary.optionalText('routingKey') ?? queue ?? '',
    payload: canary.optionalText('payload') ?? '{}',
    headers: canary.textMap('headers'),
    withinMs: canary.whole('processedWithin', CANARY_WITHIN_MS),
    version: canary.optionalText('by'),
  }
  if (canary.mistake !== undefined) reader.refuse(`canary: ${canary.mistake}`)
  return read
}
