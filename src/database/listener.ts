/**
 * Listens to what other replicas tell through PostgreSQL, on a connection of its own that is made
 * again whenever it breaks. Whoever listens is told when something may have been missed.
 */
import type { Client } from 'pg'
import type { Clock, Timer } from '../seams/clock.ts'

/** What is heard: the payload, or undefined when notices may have been missed. */
export type Hearer = (payload: string | undefined) => void

/** What a listener is made of. */
export interface ListenerOptions {
  readonly connect: () => Client
  readonly clock: Clock
  readonly onTrouble: (thrown: unknown) => void
}

const PAUSE_FIRST_MS = 100
const PAUSE_MOST_MS = 5000
/** A connection whose other end is gone without a word is noticed by asking. @unit ms */
const ASK_EVERY_MS = 5000

/** One listening connection, made when the first hearer comes. */
export class Listener {
  readonly #options: ListenerOptions
  readonly #hearers = new Map<string, Set<Hearer>>()
  #client: Client | undefined
  #timer: Timer | undefined
  #pauseMs = PAUSE_FIRST_MS
  #isClosed = false
  #ready: Promise<void> = Promise.resolve()

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  /** @returns stops listening; idempotent */
  add(channel: string, hearer: Hearer): () => void {
    const hearers = this.#hearers.get(channel) ?? new Set<Hearer>()
    // Wrapped, so that one function added twice is two hearers.
    const own: Hearer = (payload) => hearer(payload)
    hearers.add(own)
    if (!this.#hearers.has(channel)) this.#join(channel, hearers)
    return () => {
      hearers.delete(own)
    }
  }

  /** Settles once everything that was added is listened to, or that has failed. */
  ready(): Promise<void> {
    return this.#ready
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#ready
    await this.#client?.end()
  }

  #join(channel: string, hearers: Set<Hearer>): void {
    this.#hearers.set(channel, hearers)
    const client = this.#client
    this.#ready = this.#ready.then(async () => {
      if (client === undefined) await this.#connect()
      else await this.#listen(client, [channel])
    })
  }

  async #connect(): Promise<void> {
    if (this.#isClosed || this.#client !== undefined) return
    const client = this.#options.connect()
    this.#client = client
    client.on('error', (thrown) => this.#lose(client, thrown))
    client.on('end', () => this.#lose(client, undefined))
    client.on('notification', ({ channel, payload }) => this.#tell(channel, payload ?? ''))
    try {
      await client.connect()
      await this.#listen(client, [...this.#hearers.keys()])
      this.#askSoon(client)
    } catch (thrown) {
      this.#lose(client, thrown)
    }
  }

  async #listen(client: Client, channels: readonly string[]): Promise<void> {
    try {
      const sql = channels.map((channel) => `LISTEN ${client.escapeIdentifier(channel)}`)
      await client.query(sql.join(';'))
      this.#pauseMs = PAUSE_FIRST_MS
      // What was said before anybody listened is missed.
      for (const channel of channels) this.#tell(channel, undefined)
    } catch (thrown) {
      this.#lose(client, thrown)
    }
  }

  #askSoon(client: Client): void {
    const { clock } = this.#options
    this.#timer = clock.wakeAt(clock.nowMs() + ASK_EVERY_MS, () => {
      const question = { text: 'SELECT 1', query_timeout: ASK_EVERY_MS }
      client.query(question).then(
        () => {
          if (this.#client === client && !this.#isClosed) this.#askSoon(client)
        },
        (thrown: unknown) => this.#lose(client, thrown),
      )
    })
  }

  /** Gives a connection up, once, and makes another one after a pause. */
  #lose(client: Client, thrown: unknown): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#timer?.cancel()
    // It is gone; that it cannot say goodbye is no news.
    client.end().catch(() => undefined)
    if (this.#isClosed) return
    if (thrown !== undefined) this.#options.onTrouble(thrown)
    const { clock } = this.#options
    this.#timer = clock.wakeAt(clock.nowMs() + this.#pauseMs, () => {
      this.#ready = this.#ready.then(() => this.#connect())
    })
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MOST_MS)
  }

  #tell(channel: string, payload: string | undefined): void {
    for (const hearer of [...(this.#hearers.get(channel) ?? [])]) hearer(payload)
  }
}
