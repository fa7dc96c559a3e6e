/**
 * What a server tells Prometheus: how many ramps go where, how long stages take, what probes answer,
 * how the ledger and the API do. Names, units and labels are listed in docs/guides/operating.md; they
 * are promised like the rest of the API. No label ever holds a name that grows without bound (a ramp,
 * a stage, a person), let alone a secret.
 */
import type { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** From a millisecond to a quarter of an hour. @unit s */
const LONG_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900]
const SHORT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Default metrics of the library whose names say something else than they are. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** What is counted when it is asked for, not when it happens. */
export interface MetricsNow {
  /** Ramps under way, by kind and by how they stand. */
  ramps(): readonly { readonly kind: string; readonly phase: string }[]
  /** Promises that are watched and not kept, by kind of contract. */
  broken(): readonly { readonly kind: string }[]
  /** The agents that are connected, and until when the certificate of each counts, if it shows one. */
  agents(): readonly { readonly region: string; readonly certificateUntilMs?: number | undefined }[]
}

interface RampLabels {
  readonly kind: string
  readonly goal: string
}

/** The instruments. */
export class Metrics {
  readonly contentType: string
  readonly #registry: Registry
  readonly #opened: Counter<'kind' | 'goal'>
  readonly #ended: Counter<'kind' | 'goal' | 'outcome'>
  readonly #rampSeconds: Histogram<'kind' | 'goal' | 'outcome'>
  readonly #stageSeconds: Histogram<'kind' | 'goal'>
  readonly #breaches: Counter<'kind' | 'policy'>
  readonly #held: Counter<'kind' | 'goal'>
  readonly #answers: Counter<'probe' | 'verdict'>
  readonly #askSeconds: Histogram<'probe'>
  readonly #entries: Counter
  readonly #retries: Counter
  readonly #appendSeconds: Histogram
  readonly #requestSeconds: Histogram<'method' | 'route' | 'status'>

  private constructor(client: typeof import('prom-client'), version: string, now: MetricsNow) {
    const registry = new client.Registry()
    const registers = [registry]
    this.#registry = registry
    this.contentType = registry.contentType
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new client.Counter({ name, help, labelNames, registers })
    const seconds = <Label extends string>(
      name: string,
      help: string,
      labelNames: Label[],
      buckets = SHORT_BUCKETS,
    ) => new client.Histogram({ name, help, labelNames, buckets, registers })
    client.collectDefaultMetrics({ register: registry })
    for (const name of MISNAMED) registry.removeSingleMetric(name)
    const info = 'Which version of Rampart this is; always 1.'
    new client.Gauge({ name: 'rampart_info', help: info, labelNames: ['version'], registers })
      .labels(version)
      .set(1)
    this.#opened = counter('rampart_ramps_opened_total', 'Ramps opened.', ['kind', 'goal'])
    this.#ended = counter('rampart_ramps_ended_total', 'Ramps ended, by outcome.', [
      'kind',
      'goal',
      'outcome',
    ])
    this.#held = counter('rampart_ramps_held_total', 'Times that a ramp began to hold.', [
      'kind',
      'goal',
    ])
    this.#rampSeconds = seconds(
      'rampart_ramp_duration_seconds',
      'From the opening of a ramp to its end.',
      ['kind', 'goal', 'outcome'],
      LONG_BUCKETS,
    )
    this.#stageSeconds = seconds(
      'rampart_stage_duration_seconds',
      'From entering a stage to its being ready.',
      ['kind', 'goal'],
      LONG_BUCKETS,
    )
    this.#breaches = counter('rampart_breaches_total', 'Promises broken, by what followed.', [
      'kind',
      'policy',
    ])
    this.#answers = counter('rampart_probe_answers_total', 'Answers of probes.', [
      'probe',
      'verdict',
    ])
    this.#askSeconds = seconds('rampart_probe_duration_seconds', 'From asking to the answer.', [
      'probe',
    ])
    this.#entries = counter('rampart_ledger_entries_total', 'Entries appended here.', [])
    this.#retries = counter('rampart_ledger_retries_total', 'Appends that had to be repeated.', [])
    this.#appendSeconds = seconds(
      'rampart_ledger_append_duration_seconds',
      'From an append to its being durable.',
      [],
    )
    this.#requestSeconds = seconds(
      'rampart_http_request_duration_seconds',
      'Requests of the API, but for streams.',
      ['method', 'route', 'status'],
    )
    addGauges(client, registry, now)
  }

  /** Loads the library only now: a daemon that nobody scrapes does not pay for it. */
  static async open(version: string, now: MetricsNow): Promise<Metrics> {
    const client = await import('prom-client')
    return new Metrics(client, version, now)
  }

  rampOpened(labels: RampLabels): void {
    this.#opened.inc(labels)
  }

  /** @param ms from opening to end */
  rampEnded(labels: RampLabels & { readonly outcome: string }, ms: number): void {
    this.#ended.inc(labels)
    this.#rampSeconds.observe(labels, ms / 1_000)
  }

  rampHeld(labels: RampLabels): void {
    this.#held.inc(labels)
  }

  /** @param ms from entering to ready */
  stageReady(labels: RampLabels, ms: number): void {
    this.#stageSeconds.observe(labels, ms / 1_000)
  }

  stageBreached(labels: { readonly kind: string; readonly policy: string }): void {
    this.#breaches.inc(labels)
  }

  probeAnswered(labels: { readonly probe: string; readonly verdict: string }, ms: number): void {
    this.#answers.inc(labels)
    this.#askSeconds.observe({ probe: labels.probe }, ms / 1_000)
  }

  ledgerAppended(entries: number, ms: number): void {
    this.#entries.inc(entries)
    this.#appendSeconds.observe(ms / 1_000)
  }

  ledgerRetried(): void {
    this.#retries.inc()
  }

  /** @param what the route as it is written, `/v1/ramps/:ramp`, never the address as it was sent */
  requested(
    what: { readonly method: string; readonly route: string; readonly status: number },
    ms: number,
  ): void {
    this.#requestSeconds.observe({ ...what, status: String(what.status) }, ms / 1_000)
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}

function addGauges(
  client: typeof import('prom-client'),
  registry: Registry,
  now: MetricsNow,
): void {
  const registers = [registry]
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    count: (gauge: Gauge<Label>) => void,
  ) =>
    new client.Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        count(this)
      },
    })
  gauge('rampart_ramps', 'Ramps under way in this replica.', ['kind', 'phase'], (ramps) => {
    for (const labels of now.ramps()) ramps.inc(labels)
  })
  gauge('rampart_broken_promises', 'Watched promises that are not kept.', ['kind'], (promises) => {
    for (const labels of now.broken()) promises.inc(labels)
  })
  gauge('rampart_agents_connected', 'Agents connected to this replica.', ['region'], (agents) => {
    for (const { region } of now.agents()) agents.set({ region }, 1)
  })
  const expiry = 'rampart_agent_certificate_expiry_timestamp_seconds'
  gauge(expiry, 'When the certificate of an agent expires.', ['region'], (certificates) => {
    for (const { region, certificateUntilMs: untilMs } of now.agents()) {
      if (untilMs !== undefined) certificates.set({ region }, untilMs / 1_000)
    }
  })
}
