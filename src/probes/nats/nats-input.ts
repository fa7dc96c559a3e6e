/** The input of the `nats` probe, its templates resolved. */
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import type { InputReader } from '../input/input-reader.ts'
import { readUrlPart } from '../input/read-url-part.ts'

/** A message that the worker must acknowledge. */
export interface CanaryInput {
  readonly subject: string
  readonly payload: string
  readonly headers: Readonly<Record<string, string>>
  readonly withinMs: number
  /** What the worker must answer with; undefined: it need not answer. */
  readonly version: string | undefined
}

/** Where to sign in and what to expect. */
export interface NatsInput {
  readonly host: string
  readonly port: number
  /** Whether TLS is spoken even where the server does not insist. */
  readonly isSecure: boolean
  readonly tls: TlsInput
  /** Never shown; a user without a password is a token. */
  readonly user: string
  /** Never shown. */
  readonly password: string
  /** Text or path of a file of credentials; never shown. */
  readonly credentials: string | undefined
  readonly inboxPrefix: string
  /** For people: `localhost:4222`. */
  readonly shown: string
  readonly needsJetStream: boolean
  readonly stream: string | undefined
  readonly consumer: string | undefined
  readonly waitingMin: number | undefined
  readonly pendingMax: number | undefined
  readonly unacknowledgedMax: number | undefined
  readonly canary: CanaryInput | undefined
}

const DEFAULT_PORT = 4_222
const CANARY_WITHIN_MS = 2_000
const NAME = /^[^\s.*>/\\]+$/
const SUBJECT = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/

/** Reads the input; what is wrong with it is kept by the reader. */
export function readNatsInput(reader: InputReader): NatsInput {
  const stream = readName(reader, 'stream')
  const consumer = readName(reader, 'consumer')
  const canary = readCanary(reader)
  if (consumer !== undefined && stream === undefined) {
    reader.refuse('`consumer` needs the `stream` that it is of.')
  }
  if (consumer === undefined && canary !== undefined) {
    reader.refuse('`canary` needs the `consumer` that must acknowledge it.')
  }
  return {
    ...readUrl(reader),
    tls: readTlsInput(reader),
    credentials: reader.optionalText('credentials'),
    inboxPrefix: reader.optionalText('inboxPrefix') ?? '_INBOX',
    needsJetStream: reader.flag('jetstream', false) || stream !== undefined,
    stream,
    consumer,
    waitingMin: readCount(reader, 'pullsWaiting'),
    pendingMax: readCount(reader, 'pending'),
    unacknowledgedMax: readCount(reader, 'unacknowledged'),
    canary,
  }
}

type Place = Pick<NatsInput, 'host' | 'port' | 'isSecure' | 'user' | 'password' | 'shown'>

function readUrl(reader: InputReader): Place {
  // A scheme that URL knows nothing of keeps `host` as it is written.
  const url = URL.parse(reader.text('url'))
  if (url === null || !/^(?:nats|tls):$/.test(url.protocol) || url.hostname === '') {
    // The text itself is not shown, because it may hold a password.
    reader.refuse('`url` must be a URL like nats://user:password@host:4222.')
  }
  const host = url?.hostname ?? ''
  const port = Number(url?.port || DEFAULT_PORT)
  return {
    host,
    port,
    isSecure: url?.protocol === 'tls:',
    user: readUrlPart(reader, url?.username ?? ''),
    password: readUrlPart(reader, url?.password ?? ''),
    shown: `${host}:${port}`,
  }
}

function readName(reader: InputReader, member: string): string | undefined {
  const name = reader.optionalText(member)
  if (name !== undefined && !NAME.test(name)) {
    reader.refuse(`\`${member}\` must be a name without spaces, dots, * and >, and is ${name}.`)
  }
  return name
}

function readCount(reader: InputReader, name: string): number | undefined {
  return reader.has(name) ? reader.whole(name, undefined) : undefined
}

function readCanary(reader: InputReader): CanaryInput | undefined {
  const canary = reader.object('canary')
  if (canary === undefined) return undefined
  const subject = canary.text('subject')
  if (!SUBJECT.test(subject)) {
    canary.refuse(`\`subject\` must be one such as orders.canary, and is ${subject}.`)
  }
  const read = {
    subject,
    payload: canary.optionalText('payload') ?? '{}',
    headers: canary.textMap('headers'),
    withinMs: canary.whole('processedWithin', CANARY_WITHIN_MS),
    version: canary.optionalText('by'),
  }
  if (canary.mistake !== undefined) reader.refuse(`canary: ${canary.mistake}`)
  return read
}
