/**
 * Follows a live stream: connects, hands on what comes, and connects again from where it was whenever
 * the connection breaks or falls silent. It ends only when told to, or when the server says the end.
 * Built on fetch rather than EventSource, which tells neither why it was refused nor that it fell silent.
 */
import { send } from './request.ts'
import { isNotOffered, statusOf } from './request-failure.ts'
import { EventAssembler, type ServerSentEvent } from './sse.ts'

/** The server sends a heartbeat every ten seconds. @unit ms */
const SILENCE_MS = 30_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000

/** How a stream stands. */
export type StreamStatus = 'connecting' | 'live' | 'lost' | 'ended' | 'notOffered' | 'refused'

/** What is followed. */
export interface FollowOptions {
  readonly path: string
  readonly signal: AbortSignal
  onEvent(event: ServerSentEvent): void
  onStatus(status: StreamStatus, error?: unknown): void
}

/** Follows until it ends. Never rejects: what went wrong is told as a status. */
export async function follow(options: FollowOptions): Promise<void> {
  const { signal, onStatus } = options
  let lastId: string | undefined
  let failures = 0
  while (!signal.aborted) {
    onStatus(failures === 0 ? 'connecting' : 'lost')
    try {
      const ended = await readOnce(options, lastId, (id) => {
        lastId = id
        failures = 0
      })
      if (ended) return onStatus('ended')
    } catch (error) {
      if (signal.aborted) return
      if (isNotOffered(error)) return onStatus('notOffered', error)
      const status = statusOf(error)
      if (status >= 400 && status < 500 && status !== 429) return onStatus('refused', error)
    }
    failures += 1
    onStatus('lost')
    await backOff(failures, signal)
  }
}

/** Reads one connection to its end. @returns whether the server said that there is no more */
async function readOnce(
  { path, signal, onEvent, onStatus }: FollowOptions,
  lastId: string | undefined,
  onSeen: (id: string) => void,
): Promise<boolean> {
  const silence = new AbortController()
  let timer = window.setTimeout(() => silence.abort(), SILENCE_MS)
  try {
    const response = await send({
      path,
      signal: AbortSignal.any([signal, silence.signal]),
      headers: {
        accept: 'text/event-stream',
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
    })
    onStatus('live')
    const assembler = new EventAssembler()
    const pieces = response.body?.pipeThrough(new TextDecoderStream())
    for await (const piece of pieces ?? []) {
      window.clearTimeout(timer)
      timer = window.setTimeout(() => silence.abort(), SILENCE_MS)
      for (const event of assembler.take(piece)) {
        if (event.event === 'end') return true
        onEvent(event)
        if (event.id !== undefined) onSeen(event.id)
      }
    }
    return false
  } finally {
    window.clearTimeout(timer)
  }
}

/** Waits longer after each failure; not at all once the page comes back to the front or the network does. */
export function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 6))
  return new Promise((resolve) => {
    const over = new AbortController()
    const end = (): void => {
      over.abort()
      window.clearTimeout(timer)
      resolve()
    }
    const timer = window.setTimeout(end, ms)
    const once = { signal: over.signal }
    signal.addEventListener('abort', end, once)
    window.addEventListener('online', end, once)
    document.addEventListener('visibilitychange', end, once)
  })
}
