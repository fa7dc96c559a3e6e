/**
 * One session with a NATS server: connected, greeted, secured where either side insists, signed in.
 * Nothing is ever connected to again. Whoever waits for an answer stops waiting when the signal aborts,
 * and the session is closed by whoever opened it, so that there is time to take back what was sent.
 */
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import type { Authenticator, NatsConnection } from '@nats-io/transport-node'
import { openConnection } from '../connection/open-connection.ts'
import { orAborted } from '../connection/or-aborted.ts'
import { secureConnection } from '../connection/secure-connection.ts'
import type { NatsFacts, ServerFacts } from './facts.ts'
import {
  type HandedOverOptions,
  HandedOverTransport,
  SessionTrouble,
} from './handed-over-transport.ts'
import type { NatsInput } from './nats-input.ts'

/** The most that a server may say before the end of its first line. */
const GREETING_BYTES_MAX = 65_536
/** Longer than any attempt: what ends an attempt is its signal. @unit ms */
const NEVER_MS = 3_600_000

/** How a connection came about, as far as it got. */
export type Reached = Pick<NatsFacts, 'failed' | 'connected' | 'failure'>

/** A session that has been opened. */
export interface Session {
  readonly connection: NatsConnection
  readonly server: ServerFacts
  close(): void
}

/** Opens a session, or says how far it got. */
export async function openSession(
  input: NatsInput,
  signal: AbortSignal,
  reached: (seen: Reached) => void,
): Promise<Session | undefined> {
  const { host, port } = input
  const connection = await openConnection({ host, port }, signal)
  const { failed } = connection
  if (!connection.opened) {
    reached({ failed, failure: { code: connection.code, message: '' } })
    return undefined
  }
  const seen = { failed, connected: { address: connection.address, family: connection.family } }
  reached(seen)
  const { socket } = connection
  try {
    return await greetAndSignIn(socket, input, signal)
  } catch (thrown) {
    socket.destroy()
    throw thrown
  }
}

async function greetAndSignIn(
  plain: Socket,
  input: NatsInput,
  signal: AbortSignal,
): Promise<Session> {
  plain.on('error', () => plain.destroy())
  const greeting = await orAborted(readGreeting(plain), signal)
  const info = readInfo(greeting)
  const isSecure = input.isSecure || info['tls_required'] === true
  const socket = isSecure ? await secure(plain, input, signal) : plain
  // A server that is full greets, says so, and is gone: what is sent then ends the reading.
  await new Promise(setImmediate)
  const heard = isSecure ? greeting : Buffer.concat([greeting, readBuffered(plain)])
  const connection = await signIn(input, { socket, greeting: heard, isSecure }, signal)
  const server = {
    version: String(info['version'] ?? ''),
    name: String(info['server_name'] ?? ''),
    isSecure,
    hasJetStream: info['jetstream'] === true,
    isEnding: info['ldm'] === true,
  }
  const close = (): void => {
    connection.close().catch(() => 'It has been closed from the other side.')
    socket.destroy()
    plain.destroy()
  }
  return { connection, server, close }
}

/** The bytes up to the end of the first line, and what came with them. */
function readGreeting(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let heard = Buffer.alloc(0)
    const settle = (settled: () => void): void => {
      socket.off('readable', onReadable)
      socket.off('close', onClose)
      settled()
    }
    const onClose = (): void => settle(() => reject(new SessionTrouble('ECONNRESET', '')))
    const onReadable = (): void => {
      heard = Buffer.concat([heard, readBuffered(socket)])
      if (heard.includes('\r\n')) settle(() => resolve(heard))
      else if (heard.length > GREETING_BYTES_MAX) {
        settle(() => reject(new SessionTrouble('NOT_NATS', 'Its first line does not end.')))
      }
    }
    socket.on('readable', onReadable)
    socket.once('close', onClose)
  })
}

function readBuffered(socket: Socket): Buffer {
  return (socket.read() as Buffer | null) ?? Buffer.alloc(0)
}

function readInfo(greeting: Uint8Array): Readonly<Record<string, unknown>> {
  const line = Buffer.from(greeting).toString('utf8').split('\r\n', 1)[0] ?? ''
  const [, json = ''] = /^INFO\s+(\{.*)$/i.exec(line) ?? []
  try {
    return JSON.parse(json) as Readonly<Record<string, unknown>>
  } catch {
    throw new SessionTrouble('NOT_NATS', `It greets with: ${line.slice(0, 80)}`)
  }
}

async function secure(socket: Socket, input: NatsInput, signal: AbortSignal): Promise<Socket> {
  const secured = await secureConnection({ socket, host: input.host, tls: input.tls, signal })
  if ('failure' in secured) throw new SessionTrouble(secured.failure, '')
  return secured.socket
}

async function signIn(
  input: NatsInput,
  handedOver: HandedOverOptions['handedOver'],
  signal: AbortSignal,
): Promise<NatsConnection> {
  // Loading the client takes longer than asking; who asks no NATS need not wait for it.
  const { NatsConnectionImpl, setTransportFactory } = await import('@nats-io/transport-node')
  const { user, password, shown, inboxPrefix } = input
  const authenticator = await readCredentials(input)
  const options: HandedOverOptions = {
    handedOver,
    servers: [shown],
    name: 'rampart',
    reconnect: false,
    resolve: false,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    timeout: NEVER_MS,
    inboxPrefix,
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(user !== '' && password === '' ? { token: user } : {}),
    ...(password === '' ? {} : { user, pass: password }),
  }
  // The client asks for a way to the server while connecting, and only there.
  setTransportFactory({ factory: () => new HandedOverTransport() })
  const connecting = NatsConnectionImpl.connect(options)
  // When nobody waits any more, the connection is destroyed and this fails.
  connecting.catch(() => 'It is told to whoever waits below.')
  return await orAborted(connecting, signal)
}

/** What signs in with the credentials, once they are known to be some. */
async function readCredentials(input: NatsInput): Promise<Authenticator | undefined> {
  const { credentials } = input
  if (credentials === undefined) return undefined
  const { credsAuthenticator } = await import('@nats-io/transport-node')
  try {
    const isText = credentials.includes('-----BEGIN')
    const text = isText ? Buffer.from(credentials) : await readFile(credentials)
    const authenticator = credsAuthenticator(text)
    authenticator('nonce')
    return authenticator
  } catch {
    // Why, it may not say: it could be part of the secret.
    throw new SessionTrouble('CREDENTIALS_UNREADABLE', '')
  }
}
