/**
 * The `prometheus` probe: asks an instant query and compares every value of it. A metric that is
 * absent, or made of old samples, is never good: nothing was measured. How long a value must stay
 * good is the condition's `holdFor`, so that every single look is in the ledger.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { type Exchange, exchange } from '../exchange/exchange.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessPrometheus } from './assess-prometheus.ts'
import { findSelectors } from './find-selectors.ts'
import { type PrometheusInput, readPrometheusInput } from './prometheus-input.ts'

/** The most of an answer that is read. @unit bytes */
const BODY_BYTES_MAX = 4 * 1_048_576

/** Asks Prometheus, or what speaks its API. */
export class PrometheusProbe implements Probe {
  readonly kind = 'prometheus'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readPrometheusInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const age = ageQuery(input)
    const [values, ages] = await Promise.all([
      query(input, input.query, asking.signal),
      age === undefined ? undefined : query(input, age, asking.signal),
    ])
    const latencyMs = elapsedMs(startedMs, performance.now())
    return assessPrometheus(input, { values, ...(ages === undefined ? {} : { ages }), latencyMs })
  }
}

/**
 * The age of the oldest sample of every series that the query names, in seconds, each under a name of
 * its own; undefined when it names none, such as `vector(1)`.
 */
function ageQuery(input: PrometheusInput): string | undefined {
  const selectors = input.freshBy === undefined ? findSelectors(input.query) : [input.freshBy]
  if (selectors.length === 0) return undefined
  return selectors
    .map((selector, index) => {
      const age = `time() - min(timestamp(${selector}))`
      // What is absent shows as an endless age.
      return `label_replace((${age}) or vector(Inf), "of", "${index}", "", "")`
    })
    .join(' or ')
}

async function query(
  input: PrometheusInput,
  promql: string,
  signal: AbortSignal,
): Promise<Exchange> {
  const url = new URL(input.url)
  url.username = ''
  url.password = ''
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/query`
  url.search = new URLSearchParams({ query: promql }).toString()
  const headers = { accept: 'application/json', 'user-agent': 'rampart', ...input.headers }
  const terms = { tls: input.tls, bodyBytesMax: BODY_BYTES_MAX }
  return await exchange({ url, method: 'GET', headers }, terms, signal)
}
