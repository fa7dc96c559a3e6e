/**
 * The `http` probe: asks a URL and judges status, headers and body. It follows no redirect that it
 * was not told to follow, reads no more than it was told to read, and uses no proxy.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { exchange, type Request } from '../exchange/exchange.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessHttp, type HttpFacts, redirectTarget } from './assess-http.ts'
import { type HttpInput, readHttpInput } from './http-input.ts'

const OUR_HEADERS = { accept: '*/*', 'user-agent': 'rampart' }

/** Asks by HTTP/1.1. */
export class HttpProbe implements Probe {
  readonly kind = 'http'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readHttpInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    let request = firstRequest(input)
    const redirects: URL[] = []
    for (;;) {
      const facts: HttpFacts = {
        exchange: await exchange(request, input, asking.signal),
        url: request.url,
        redirects,
        latencyMs: elapsedMs(startedMs, performance.now()),
      }
      const target = redirectTarget(input, facts)
      if (target === undefined || redirects.length >= input.redirectsMax) {
        return assessHttp(input, facts)
      }
      redirects.push(target)
      request = nextRequest(request, target, facts.exchange.status)
    }
  }
}

function firstRequest(input: HttpInput): Request {
  return {
    url: input.url,
    method: input.method,
    headers: { ...OUR_HEADERS, ...input.headers },
  }
}

/** What the contract sends to one origin is not sent to another. */
function nextRequest(previous: Request, target: URL, status = 0): Request {
  const isSameOrigin = previous.url.origin === target.origin
  const isSeeOther = status === 303 || (status < 307 && previous.method === 'POST')
  return {
    url: target,
    method: isSeeOther && previous.method !== 'HEAD' ? 'GET' : previous.method,
    headers: isSameOrigin ? previous.headers : OUR_HEADERS,
  }
}
