/**
 * A relay in front of a real HTTP server, at which a test may meddle: hold a request back, cut it off,
 * refuse it, or change the answer. Whatever it does not touch goes through as it is.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { request } from 'undici'

/** An answer that may still be changed. */
export interface RelayedAnswer {
  status: number
  readonly headers: Record<string, string>
  body: Buffer
}

/** How a test meddles; each may be left out. */
export interface Meddling {
  /** True: the request goes no further, and the test answers it or not. */
  before?(asked: IncomingMessage, answer: ServerResponse): boolean
  /** Called once the real server has answered. */
  after?(asked: IncomingMessage, answer: RelayedAnswer, socket: Socket): void
}

/** A relay that listens. */
export interface Relay {
  readonly url: string
  /** How many connections are open. */
  openConnections(): Promise<number>
}

/** Starts one; it ends with the test. */
export async function startRelay(
  test: TestContext,
  target: string,
  meddling: Meddling,
): Promise<Relay> {
  const server = createServer((asked, answer) => {
    if (meddling.before?.(asked, answer) !== true) void relay(asked, answer, target, meddling)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    openConnections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
      }),
  }
}

async function relay(
  asked: IncomingMessage,
  answer: ServerResponse,
  target: string,
  meddling: Meddling,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of asked) chunks.push(chunk as Buffer)
  const { connection: _, 'transfer-encoding': __, expect: ___, ...headers } = asked.headers
  const given = await request(`${target}${asked.url ?? '/'}`, {
    method: asked.method as 'GET',
    headers: headers as Record<string, string>,
    body: Buffer.concat(chunks),
  })
  const relayed: RelayedAnswer = {
    status: given.statusCode,
    headers: { ...(given.headers as Record<string, string>) },
    body: Buffer.from(await given.body.arrayBuffer()),
  }
  meddling.after?.(asked, relayed, asked.socket)
  const { connection: ____, 'content-length': _____, ...back } = relayed.headers
  const isBodiless = asked.method === 'HEAD' || relayed.status === 204
  const length = isBodiless ? {} : { 'content-length': String(relayed.body.length) }
  answer.writeHead(relayed.status, { ...back, ...length })
  answer.end(isBodiless ? undefined : relayed.body)
}
