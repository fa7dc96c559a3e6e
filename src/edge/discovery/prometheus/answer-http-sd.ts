/**
 * Answers `GET /v1/prometheus?port=metrics` with the whole list, each time: an empty one is a list too,
 * and Prometheus forgets whom it does not name.
 */
import { parseServiceRequest } from '../http/service-query.ts'
import type { ServiceWatch } from '../http/service-watch.ts'
import { answerJson, answerProblem, type HttpExchange, refuseMethod } from '../http/write-answer.ts'
import { isOwn } from '../own-first.ts'
import { targetGroupsOf } from './print-http-sd.ts'

/** Answers one request; `service` names one service, all other words narrow as they do elsewhere. */
export function answerHttpSd(watch: ServiceWatch, exchange: HttpExchange): void {
  if (refuseMethod(exchange, ['GET', 'HEAD'])) return
  const { searchParams } = new URL(exchange.request.url ?? '/', 'http://localhost')
  const name = searchParams.get('service') ?? undefined
  searchParams.delete('service')
  const asked = parseServiceRequest(name, searchParams)
  if ('problem' in asked) {
    answerProblem(exchange, 'request-malformed', asked.problem)
    return
  }
  const { view } = watch.look(asked.query)
  // A further name is for whoever asks by it: nobody is scraped twice.
  const targets = name === undefined ? view.endpoints.filter(isOwn) : view.endpoints
  answerJson(exchange, JSON.stringify(targetGroupsOf(targets)))
}
