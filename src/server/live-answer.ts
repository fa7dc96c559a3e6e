/**
 * Answers that last: told piece by piece, at the reader's pace, for as long as there is something to
 * tell and somebody reads. A proxy is asked not to hold them back.
 */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { SlowWriter } from './slow-writer.ts'

/** Headers of an answer that lasts, besides its type. */
export const LIVE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  // nginx and its likes gather an answer before they pass it on, unless they are told not to.
  'x-accel-buffering': 'no',
}

/** A reply that can be written to by hand. */
export interface LiveReply {
  readonly raw: ServerResponse
  readonly request: { readonly id: string }
  hijack(): unknown
}

/** What is told, and who is told when that fails. */
export interface LiveAnswer {
  readonly type: 'text/event-stream' | 'application/x-ndjson'
  /** Resolves once everything is told or the reader has left. */
  tell(writer: SlowWriter): Promise<void>
  onTrouble(error: unknown, request: string): void
}

/** Answers so. Never rejects: a connection that breaks tells the reader that this was not the end. */
export async function answerLive(reply: LiveReply, answer: LiveAnswer): Promise<void> {
  const { raw, request } = reply
  const { type, tell, onTrouble } = answer
  reply.hijack()
  raw.writeHead(200, { 'content-type': type, ...LIVE_HEADERS, 'x-request-id': request.id })
  // Headers go at once: there may be nothing to tell for a long time.
  raw.flushHeaders()
  const writer = new SlowWriter(raw)
  try {
    await tell(writer)
    writer.end()
  } catch (error) {
    raw.destroy()
    onTrouble(error, request.id)
  }
}

/** The last place that a reader has seen: as a browser says it when it comes back, else as it was asked. */
export function placeSeen<Asked extends number | undefined>(
  { 'last-event-id': id }: IncomingHttpHeaders,
  asked: Asked,
): number | Asked {
  const seen = Number(id)
  return Number.isSafeInteger(seen) && seen > 0 ? seen : asked
}
