/**
 * One asking by HTTP, with the redirects that it was told to follow and no others. What the contract
 * sends to one origin is never sent to another.
 */
import { elapsedMs } from '../answer/answer.ts'
import { type ExchangeFacts, redirectTarget } from './assess-exchange.ts'
import { exchange, type Request } from './exchange.ts'
import type { Expectation } from './expectation.ts'

const OUR_HEADERS = { accept: '*/*', 'user-agent': 'rampart' }

/** What is sent besides what the expectation says. */
export interface Sent {
  readonly body?: string
}

/** Asks, and gives what was seen; never rejects. */
export async function exchangeFollowing(
  input: Expectation,
  sent: Sent,
  signal: AbortSignal,
): Promise<ExchangeFacts> {
  const startedMs = performance.now()
  const { url, method } = input
  const headers = { ...OUR_HEADERS, ...input.headers }
  let request: Request = { url, method, headers, ...sent }
  const redirects: URL[] = []
  for (;;) {
    const facts: ExchangeFacts = {
      exchange: await exchange(request, input, signal),
      url: request.url,
      redirects,
      latencyMs: elapsedMs(startedMs, performance.now()),
    }
    const target = redirectTarget(input, facts)
    if (target === undefined || redirects.length >= input.redirectsMax) return facts
    redirects.push(target)
    request = nextRequest(request, target, facts.exchange.status)
  }
}

function nextRequest(previous: Request, target: URL, status = 0): Request {
  const isSameOrigin = previous.url.origin === target.origin
  const isSeeOther = status === 303 || (status < 307 && previous.method === 'POST')
  const isGet = isSeeOther && previous.method !== 'HEAD'
  const { body } = previous
  return {
    url: target,
    method: isGet ? 'GET' : previous.method,
    headers: isSameOrigin ? previous.headers : OUR_HEADERS,
    ...(body === undefined || isGet || !isSameOrigin ? {} : { body }),
  }
}
