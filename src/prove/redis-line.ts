/** A line to a Redis of the copy, by which something is done to it and undone. */
import type { Redis } from 'ioredis'

/** How long an answer may take. @unit ms */
const ANSWER_MS = 5_000

/** One connection, signed in, with its database chosen. */
export class RedisLine {
  readonly database: number
  readonly #client: Redis

  private constructor(client: Redis, database: number) {
    this.#client = client
    this.database = database
  }

  /** Connects as a condition's URL says. The server is of the copy, so any certificate will do. */
  static async open(url: string): Promise<RedisLine> {
    const { Redis } = await import('ioredis')
    const client = new Redis(url, {
      lazyConnect: true,
      enableReadyCheck: false,
      retryStrategy: () => null,
      connectTimeout: ANSWER_MS,
      commandTimeout: ANSWER_MS,
      ...(url.startsWith('rediss:') ? { tls: { rejectUnauthorized: false } } : {}),
    })
    client.on('error', () => 'Whoever asks is told.')
    await client.connect()
    const database = Number(new URL(url).pathname.slice(1) || 0)
    return new RedisLine(client, database)
  }

  /** Asks for one thing. Rejects with the words of the server. */
  async ask(command: string, ...words: readonly string[]): Promise<unknown> {
    return await this.#client.call(command, ...words)
  }

  /** What the server says of itself, by name. */
  async info(section: string): Promise<ReadonlyMap<string, string>> {
    const lines = String(await this.ask('INFO', section)).split('\r\n')
    return new Map(
      lines
        .filter((line) => line.includes(':'))
        .map((line): [string, string] => {
          const colon = line.indexOf(':')
          return [line.slice(0, colon), line.slice(colon + 1)]
        }),
    )
  }

  /** One of the server's settings; undefined where it does not tell. */
  async config(name: string): Promise<string | undefined> {
    const answer = await this.ask('CONFIG', 'GET', name)
    return Array.isArray(answer) && answer.length > 1 ? String(answer[1]) : undefined
  }

  close(): void {
    this.#client.disconnect()
  }
}
