/**
 * Everything that discovery tells over HTTP, by address: for a server of its own, or one that has
 * other addresses too. It only tells, it never changes anything.
 */
import { answerEds } from '../envoy/answer-eds.ts'
import { ClusterAssignments } from '../envoy/cluster-assignment.ts'
import { answerServices } from '../http/answer-services.ts'
import { ServiceWatch, type ServiceWatchParts } from '../http/service-watch.ts'
import { answerProblem, type HttpExchange } from '../http/write-answer.ts'
import { answerHttpSd } from '../prometheus/answer-http-sd.ts'

const SERVICES = '/v1/services'
const PROMETHEUS = '/v1/prometheus'
/** Where Envoy asks. */
export const ENVOY_PATH = '/v3/discovery:endpoints'

/** Answers requests about who serves what. */
export class DiscoveryHandler {
  readonly #parts: ServiceWatchParts
  readonly #watch: ServiceWatch
  readonly #assignments: ClusterAssignments

  constructor(parts: ServiceWatchParts) {
    this.#parts = parts
    this.#watch = new ServiceWatch(parts)
    this.#assignments = new ClusterAssignments(parts.endpoints, parts.home)
  }

  /** How many wait for something new. */
  get waiting(): number {
    return this.#watch.waiting
  }

  /**
   * Answers, sooner or later; rejects only for a bug of ours. @returns false when the address is
   * none of its own; then nothing was written. `body` is what was read of the request already, as JSON.
   */
  async handle(exchange: HttpExchange, body?: unknown): Promise<boolean> {
    const [path = '/'] = (exchange.request.url ?? '/').split('?')
    const { clock } = this.#parts
    if (path === SERVICES) await answerServices({ watch: this.#watch, clock }, exchange)
    else if (path.startsWith(`${SERVICES}/`)) await this.#answerNamed(exchange, path)
    else if (path === PROMETHEUS) answerHttpSd(this.#watch, exchange)
    else if (path === ENVOY_PATH) await answerEds(this.#assignments, exchange, body)
    else return false
    return true
  }

  async #answerNamed(exchange: HttpExchange, path: string): Promise<void> {
    const name = decode(path.slice(SERVICES.length + 1))
    if (name === undefined || name === '') {
      const detail = 'the name of a service is expected, such as /v1/services/shop/api'
      answerProblem(exchange, 'request-malformed', detail)
      return
    }
    await answerServices({ watch: this.#watch, clock: this.#parts.clock }, exchange, name)
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // Only a percent sign without its digits throws; whoever wrote it is told.
    return undefined
  }
}
