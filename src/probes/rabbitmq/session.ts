/**
 * One session with a RabbitMQ server: connected, secured where the URL says so, signed in to a vhost. It
 * connects to nothing again. Whoever waits for an answer stops waiting when the signal aborts; whoever
 * opened the session closes it, so that there is time to take back what was sent.
 */
import type { LookupFunction } from 'node:net'
import type { ChannelModel, SocketOptions } from 'amqplib'
import type { FailedAddress } from '../connection/connection-failure.ts'
import { resolveAddresses } from '../connection/open-connection.ts'
import { orAborted } from '../connection/or-aborted.ts'
import { readAuthorities } from '../connection/read-authorities.ts'
import type { RabbitmqInput } from './rabbitmq-input.ts'

/** How long a polite goodbye may take. @unit ms */
const GOODBYE_MS = 250
/** So that a broker that has stopped reading finds out that nobody is there any more. @unit s */
const HEARTBEAT_SECONDS = 10
/** The largest frame that is read. @unit bytes */
const FRAME_BYTES_MAX = 131_072

/** A session that has been opened. */
export interface Session {
  readonly model: ChannelModel
  readonly version: string
  close(): Promise<void>
}

/** Why no session could be opened. */
export class SessionTrouble extends Error {
  readonly code: string
  readonly failed: readonly FailedAddress[]

  constructor(code: string, message: string, failed: readonly FailedAddress[] = []) {
    super(message)
    this.code = code
    this.failed = failed
  }
}

/** Opens a session; rejects with why there is none, leaving nothing open. */
export async function openSession(input: RabbitmqInput, signal: AbortSignal): Promise<Session> {
  const ca = input.isSecure ? await readAuthorities(input.tls.ca) : undefined
  if (ca === 'unreadable') throw new SessionTrouble('CA_UNREADABLE', '')
  // Loading the client takes longer than asking; who asks no RabbitMQ need not wait for it.
  const { connect } = await import('amqplib')
  const ending = new AbortController()
  const connecting = connect(
    {
      protocol: input.isSecure ? 'amqps' : 'amqp',
      hostname: input.host,
      port: input.port,
      username: input.user,
      password: input.password,
      vhost: encodeURIComponent(input.vhost),
      heartbeat: HEARTBEAT_SECONDS,
      maxFrameSize: FRAME_BYTES_MAX,
    },
    socketOptions(input, ca, ending.signal),
  )
  const opened = connecting.then((model) => {
    model.on('error', () => 'It is told to whoever waits for an answer.')
    return model
  })
  try {
    const model = await orAborted(opened, signal)
    const { version } = model.connection.serverProperties
    return { model, version: String(version), close: () => close(model, ending) }
  } catch (thrown) {
    ending.abort()
    throw troubleOf(thrown)
  }
}

function socketOptions(
  { tls, isSecure }: RabbitmqInput,
  ca: string | undefined,
  signal: AbortSignal,
): SocketOptions {
  const lookup: LookupFunction = async (hostname, _options, callback) => {
    const found = await resolveAddresses(hostname, signal)
    if (!Array.isArray(found)) {
      callback(Object.assign(new Error(hostname), { code: found.code }), '', 0)
      return
    }
    const family = { ipv4: 4, ipv6: 6 }
    callback(
      null,
      found.map((one) => ({ address: one.address, family: family[one.family] })),
    )
  }
  const own = { lookup, signal, autoSelectFamily: true, noDelay: true }
  const clientProperties = { connection_name: 'rampart' }
  if (!isSecure) return { ...own, clientProperties }
  return {
    ...own,
    clientProperties,
    rejectUnauthorized: !tls.insecure,
    ...(ca === undefined ? {} : { ca: [Buffer.from(ca)] }),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
  }
}

/** Says goodbye, and does not wait long for the answer. */
async function close(model: ChannelModel, ending: AbortController): Promise<void> {
  const timer = Promise.withResolvers<void>()
  const late = setTimeout(timer.resolve, GOODBYE_MS)
  const closing = model.close().catch(() => 'It has been closed from the other side.')
  await Promise.race([closing, timer.promise])
  clearTimeout(late)
  ending.abort()
}

function troubleOf(thrown: unknown): unknown {
  if (!(thrown instanceof AggregateError)) return thrown
  const failed = thrown.errors.flatMap((error: unknown) => failedAddress(error) ?? [])
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
  return new SessionTrouble(code ?? failed[0]?.code ?? 'UNKNOWN', thrown.message, failed)
}

/** The address and code of a system error; undefined for any other error. */
export function failedAddress(error: unknown): FailedAddress | undefined {
  if (!(error instanceof Error) || !('address' in error) || !('code' in error)) return undefined
  const { address, code } = error
  if (typeof address !== 'string' || typeof code !== 'string') return undefined
  return { address, family: address.includes(':') ? 'ipv6' : 'ipv4', code }
}
