/** Writes whole answers: JSON, and problems as RFC 9457 has them. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { FAULT_CODES, type FaultCodeName } from '../../../core/fault/codes.ts'

/** The two ends of a request. */
export interface HttpExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Answers with JSON text; a HEAD gets the head alone. */
export function answerJson(
  { request, response }: HttpExchange,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const bytes = Buffer.from(text)
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-cache',
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

/** Answers that what they have is what there is. */
export function answerNotModified({ response }: HttpExchange, headers: OutgoingHttpHeaders): void {
  response.writeHead(304, headers)
  response.end()
}

/** Answers with a problem. */
export function answerProblem(
  { request, response }: HttpExchange,
  code: FaultCodeName,
  detail: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const { httpStatus: status, meaning: title } = FAULT_CODES[code]
  const text = JSON.stringify({ type: 'about:blank', title, status, detail, code })
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

/** Refuses other methods than these. @returns whether it did */
export function refuseMethod(exchange: HttpExchange, allowed: readonly string[]): boolean {
  const { method = '' } = exchange.request
  if (allowed.includes(method)) return false
  const allow = allowed.join(', ')
  answerProblem(exchange, 'method-unknown', `${method} is not for this; use ${allow}`, { allow })
  return true
}
