/**
 * Server-sent events about a query: the whole answer whenever it changes. Who reads slowly misses what
 * was between, and never what is so now; who does not read at all is cut off.
 *
 * @source https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../../../seams/clock.ts'
import type { ServiceQuery } from './service-query.ts'
import type { ServiceWatch } from './service-watch.ts'

const HEARTBEAT_MS = 15_000

/** How soon a reader that was cut off may come again. @unit ms */
const RETRY_MS = 1_000

/** What a stream is made of. */
export interface ServiceStreamParts {
  readonly watch: ServiceWatch
  readonly clock: Clock
  readonly query: ServiceQuery
  /** The id of the last event that the reader has; absent: it has nothing. */
  readonly lastEventId?: string | undefined
  /** @default 15000 */
  readonly heartbeatMs?: number
}

/**
 * Writes to the response until its reader leaves. At most one answer that was not taken is kept.
 *
 * @returns false when too many wait already; then nothing was written
 */
export function streamServices(response: ServerResponse, parts: ServiceStreamParts): boolean {
  const { watch, clock, query, heartbeatMs = HEARTBEAT_MS } = parts
  let toldTag = parts.lastEventId
  let isFull = false
  let wasFull = false
  let timer: Timer | undefined
  const tell = (): void => {
    if (isFull) return
    const { index, view } = watch.look(query)
    if (view.tag === toldTag) return
    toldTag = view.tag
    const data = JSON.stringify({ index, endpoints: view.endpoints })
    isFull = !response.write(`id: ${view.tag}\nevent: services\ndata: ${data}\n\n`)
  }
  const beat = (): void => {
    if (isFull && wasFull) {
      response.destroy()
      return
    }
    wasFull = isFull
    if (!isFull) isFull = !response.write(': still here\n\n')
    timer = clock.wakeAt(clock.nowMs() + heartbeatMs, beat)
  }
  const leave = watch.follow(tell)
  if (leave === undefined) return false
  response.on('drain', () => {
    isFull = false
    wasFull = false
    tell()
  })
  response.on('close', () => {
    leave()
    timer?.cancel()
  })
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.write(`retry: ${RETRY_MS}\n\n`)
  tell()
  timer = clock.wakeAt(clock.nowMs() + heartbeatMs, beat)
  return true
}
