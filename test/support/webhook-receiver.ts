/** Somebody who is told: a real HTTP server that answers as a test wants, and remembers what it got. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What was received. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver. */
export interface Receiver {
  /** With a path of its own. */
  readonly url: string
  readonly received: readonly Received[]
  /** Resolves once so many were received. Rejects after some seconds. */
  until(count: number): Promise<readonly Received[]>
}

/** How a receiver answers the message of a number, from 1. */
export type Answering = (response: ServerResponse, number: number) => void

/** Opens one; it is closed after the test. */
export async function openReceiver(
  t: TestContext,
  answer: Answering = (response) => void response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body })
      server.emit('received')
      answer(response, received.length)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const until = async (count: number): Promise<readonly Received[]> => {
    const signal = AbortSignal.timeout(60_000)
    while (received.length < count) await once(server, 'received', { signal })
    return received
  }
  return { url: `http://127.0.0.1:${port}/services/T000/planted-path`, received, until }
}
