/** Asks discovery one question over HTTP, and waits for its answer as long as it may wait itself. */
import { type Agent, type IncomingMessage, request as requestOf } from 'node:http'
import { type DiscoveredEndpoint, parseAnswer, unreachable } from './discovered-endpoint.ts'

/** What is asked. */
export interface DiscoveryQuestion {
  /** Where discovery is: `http://127.0.0.1:4690`. */
  readonly from: string
  readonly service: string
  readonly port: string
  readonly scope?: string
  readonly environment?: string
  /** That of the answer that one has; 0: answer at once. */
  readonly index: number
  readonly agent: Agent
  readonly signal: AbortSignal
}

/** How long an answer is waited for when nothing changes. */
const WAIT_S = 60

/** What is beyond the wait and its jitter is no waiting any more: nobody is there. @unit ms */
const SILENT_MS = (WAIT_S + WAIT_S / 16 + 10) * 1_000

const BYTES_MAX = 16 * 1_048_576

/** @throws discovery-unreachable, or the system's own error */
export async function askDiscovery(question: DiscoveryQuestion): Promise<{
  readonly index: number
  readonly endpoints: readonly DiscoveredEndpoint[]
}> {
  const { agent, signal } = question
  const url = urlOf(question)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = requestOf(url, { agent, signal }, resolve)
    // Whoever has nothing else to do than to wait for news ends.
    request.on('socket', (socket) => socket.unref())
    request.setTimeout(SILENT_MS, () => request.destroy(unreachable(url, 'it is silent')))
    request.on('error', reject)
    request.end()
  })
  const text = await textOf(response)
  if (text === undefined) throw unreachable(url, 'its answer is too large')
  if (response.statusCode === 200) return parseAnswer(url, text)
  throw unreachable(url, `it answers with ${response.statusCode}: ${text.slice(0, 500)}`)
}

function urlOf({ from, service, port, index, scope, environment }: DiscoveryQuestion): URL {
  const base = from.endsWith('/') ? from : `${from}/`
  const url = new URL(`v1/services/${service.split('/').map(encodeURIComponent).join('/')}`, base)
  const words = { port, scope, environment, index: String(index), wait: `${WAIT_S}s` }
  for (const [word, value] of Object.entries(words)) {
    if (value !== undefined) url.searchParams.set(word, value)
  }
  return url
}

/** @returns undefined when there is too much of it */
async function textOf(response: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of response) {
    size += (piece as Buffer).length
    if (size > BYTES_MAX) return undefined
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces).toString()
}
