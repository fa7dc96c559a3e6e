/** Messages that are put into a stream of NATS until more wait for a consumer than may, and removed again. */
import type { JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { JsonObject } from '../core/units/json.ts'
import type { Backlog, Filling } from './backlog.ts'

/** How many are added at a time while pulls that wait are given some. */
const BATCH = 100
const BATCHES_MAX = 20

const FETCH_MS = 2_000

/** What a condition promises of how little waits. */
export function natsBacklogs(input: JsonObject): readonly (Backlog & { readonly count: number })[] {
  const { consumer, pending, unacknowledged } = input
  return [
    ...(pending === undefined ? [] : [pendingTooMany(input, Number(pending) + 1)]),
    ...(unacknowledged === undefined ? [] : [unanswered(input, Number(unacknowledged) + 1)]),
  ].map((backlog) => ({ ...backlog, name: `${backlog.name} ${String(consumer)}` }))
}

function pendingTooMany(input: JsonObject, count: number): Backlog & { readonly count: number } {
  return {
    name: `${count} messages wait for the consumer`,
    reasons: ['backlog'],
    count,
    fill: () =>
      fillStream(input, async (line) => {
        await line.publish(count)
        for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
          if ((await line.info()).num_pending >= count) return undefined
          await line.publish(BATCH)
        }
        return 'its workers are given whatever comes, or the stream keeps no more'
      }),
  }
}

function unanswered(input: JsonObject, count: number): Backlog & { readonly count: number } {
  return {
    name: `${count} messages are given and not acknowledged by the consumer`,
    reasons: ['unacknowledged'],
    count,
    fill: () =>
      fillStream(input, async (line) => {
        await line.publish(count)
        await line.take(count)
        const { num_ack_pending: given } = await line.info()
        return given >= count
          ? undefined
          : `its consumer gave only ${given} before it wants answers`
      }),
  }
}

async function fillStream(
  input: JsonObject,
  fill: (line: StreamLine) => Promise<string | undefined>,
): Promise<Filling> {
  if (input['tls'] !== undefined || String(input['url']).startsWith('tls:')) {
    return { failed: 'messages are not put in over TLS', empty: async () => undefined }
  }
  const line = await StreamLine.open(input)
  const empty = (): Promise<void> => line.empty()
  try {
    const subject = await line.findSubject()
    const failed =
      subject === undefined ? 'no subject of it is known to publish to' : await fill(line)
    return failed === undefined ? { empty } : { failed, empty }
  } catch (error) {
    await empty()
    throw error
  }
}

/** A connection that puts messages into one stream, and removes its own again. */
class StreamLine {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #input: JsonObject
  readonly #sequences: number[] = []
  readonly #taken: JsMsg[] = []
  #subject = ''

  private constructor(connection: NatsConnection, manager: JetStreamManager, input: JsonObject) {
    this.#connection = connection
    this.#manager = manager
    this.#input = input
  }

  static async open(input: JsonObject): Promise<StreamLine> {
    const { connect, credsAuthenticator } = await import('@nats-io/transport-node')
    const { jetstreamManager } = await import('@nats-io/jetstream')
    const { host, username, password } = new URL(String(input['url']))
    const user = decodeURIComponent(username)
    const pass = decodeURIComponent(password)
    const credentials = await readCredentials(input['credentials'])
    const signIn = {
      ...(user === '' ? {} : pass === '' ? { token: user } : { user, pass }),
      ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(credentials) }),
      ...(input['inboxPrefix'] === undefined ? {} : { inboxPrefix: String(input['inboxPrefix']) }),
    }
    const connection = await connect({ servers: host, reconnect: false, ...signIn })
    return new StreamLine(connection, await jetstreamManager(connection), input)
  }

  /** Where the canary goes, else what the consumer takes, else what the stream keeps. */
  async findSubject(): Promise<string | undefined> {
    const canary = (this.#input['canary'] ?? {}) as JsonObject
    const { config } = await this.info()
    const stream = await this.#manager.streams.info(String(this.#input['stream']))
    const taken = [config.filter_subject ?? '', ...(config.filter_subjects ?? [])]
    const kept = taken.some((one) => one !== '') ? taken : stream.config.subjects
    const named = [String(canary['subject'] ?? ''), ...kept]
    const subject = named.find((one) => one !== '')?.replaceAll(/[*>]/g, 'rampart-prove')
    this.#subject = subject ?? ''
    return subject
  }

  async info(): ReturnType<JetStreamManager['consumers']['info']> {
    const { stream, consumer } = this.#input
    return await this.#manager.consumers.info(String(stream), String(consumer))
  }

  async publish(count: number): Promise<void> {
    const { headers: emptyHeaders } = await import('@nats-io/transport-node')
    const canary = (this.#input['canary'] ?? {}) as JsonObject
    const headers = emptyHeaders()
    for (const [name, value] of Object.entries((canary['headers'] ?? {}) as JsonObject)) {
      headers.set(name, String(value))
    }
    const client = this.#manager.jetstream()
    const payload = String(canary['payload'] ?? '{}')
    for (let sent = 0; sent < count; sent += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, count - sent) }, async () => {
        const { seq } = await client.publish(this.#subject, payload, { headers })
        this.#sequences.push(seq)
      })
      await Promise.all(batch)
    }
  }

  /** Takes messages as a worker would that never answers; what is pushed goes to the workers. */
  async take(count: number): Promise<void> {
    const { stream, consumer } = this.#input
    if ((await this.info()).config.deliver_subject !== undefined) return
    const pulled = await this.#manager.jetstream().consumers.get(String(stream), String(consumer))
    const messages = await pulled.fetch({ max_messages: count, expires: FETCH_MS })
    for await (const message of messages) this.#taken.push(message)
  }

  async empty(): Promise<void> {
    try {
      const own = new Set(this.#sequences)
      for (const message of this.#taken.splice(0)) {
        if (own.has(message.seq)) message.term()
        else message.nak()
      }
      for (const sequence of this.#sequences.splice(0)) await this.#remove(sequence)
    } finally {
      await this.#connection.drain()
    }
  }

  /** A worker may have had it removed by its acknowledgement. */
  async #remove(sequence: number): Promise<void> {
    try {
      await this.#manager.streams.deleteMessage(String(this.#input['stream']), sequence)
    } catch (error) {
      if (!(error instanceof Error) || !/no message found|not found/i.test(error.message)) {
        throw error
      }
    }
  }
}

async function readCredentials(written: unknown): Promise<Uint8Array | undefined> {
  if (typeof written !== 'string') return undefined
  if (written.includes('-----BEGIN')) return Buffer.from(written)
  const { readFile } = await import('node:fs/promises')
  return await readFile(written)
}
