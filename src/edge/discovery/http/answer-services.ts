/**
 * Answers `GET /v1/services` and `/v1/services/NAME`: at once, when there is something new (`index`,
 * `wait`), or again and again as server-sent events. That there is nobody is an answer like any other.
 */
import { type PageOf, pageOf } from '../../../core/units/page-of.ts'
import type { Clock } from '../../../seams/clock.ts'
import { parseServiceRequest, type ServiceRequest, takeServicePage } from './service-query.ts'
import { streamServices } from './service-stream.ts'
import { type EndpointView, matchesTag } from './service-view.ts'
import type { SeenView, ServiceWatch } from './service-watch.ts'
import {
  answerJson,
  answerNotModified,
  answerProblem,
  type HttpExchange,
  refuseMethod,
} from './write-answer.ts'

/** What answers are made of. */
export interface ServicesParts {
  readonly watch: ServiceWatch
  readonly clock: Clock
}

/** The header with the index of an answer, also where it has no body. */
const INDEX_HEADER = 'x-rampart-index'

/** Answers one request about a service (by its name, decoded) or about all of them. */
export async function answerServices(
  parts: ServicesParts,
  exchange: HttpExchange,
  name?: string,
): Promise<void> {
  if (refuseMethod(exchange, ['GET', 'HEAD'])) return
  const { request } = exchange
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const paged = takeServicePage(searchParams)
  if ('problem' in paged) {
    answerProblem(exchange, 'request-malformed', paged.problem)
    return
  }
  const asked = parseServiceRequest(name, searchParams)
  if ('problem' in asked) {
    answerProblem(exchange, 'request-malformed', asked.problem)
    return
  }
  if (request.headers.accept?.includes('text/event-stream') === true) {
    const lastEventId = request.headers['last-event-id']?.toString()
    const isStreamed = streamServices(exchange.response, { ...parts, ...asked, lastEventId })
    if (!isStreamed) answerBusy(exchange)
    return
  }
  await answerOnce(parts, exchange, { ...asked, ...paged })
}

async function answerOnce(
  { watch }: ServicesParts,
  exchange: HttpExchange,
  { page, ...asked }: ServiceRequest & { readonly page: PageOf | undefined },
): Promise<void> {
  const { request, response } = exchange
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const header = request.headers['if-none-match']
  const hasTag = (tag: string): boolean => matchesTag(header, tag)
  const answer = await watch.ask({ ...asked, hasTag, signal: gone.signal })
  if (answer.verdict === 'gone') return
  if (answer.verdict === 'busy') answerBusy(exchange)
  else if (hasTag(answer.view.tag)) answerNotModified(exchange, headersOf(answer))
  else answerJson(exchange, printServices(answer, page), headersOf(answer))
}

function printServices({ index, view }: SeenView, page: PageOf | undefined): string {
  if (page === undefined) return JSON.stringify({ index, endpoints: view.endpoints })
  const { items, ...next } = pageOf(view.endpoints, orderOf, page)
  return JSON.stringify({ index, endpoints: items, ...next })
}

/** The order of the seam, and what tells those apart that are equal in it. */
function orderOf(endpoint: EndpointView): string {
  const { service, port, instance = '', environment = '', tenant = '', scope = '' } = endpoint
  const { protocol, target } = endpoint
  return [service, port, instance, environment, tenant, scope, protocol, target].join(' ')
}

// The tag is of the endpoints and not of the index beside them, so it is a weak one.
function headersOf({ index, view }: SeenView): Record<string, string> {
  return { [INDEX_HEADER]: String(index), etag: `W/"${view.tag}"` }
}

function answerBusy(exchange: HttpExchange): void {
  const detail = 'too many wait for changes already; ask without `index` and `wait`, or later'
  answerProblem(exchange, 'discovery-busy', detail, { 'retry-after': '1' })
}
