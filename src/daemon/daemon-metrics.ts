/** Counts what the engine, the ledger and the agents do, for Prometheus. */
import type { SystemClock } from '../clock/system-clock.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Engine } from '../engine/engine.ts'
import type { Append, Ledger, Recorded } from '../seams/ledger.ts'
import type { AgentParts } from '../server/parts.ts'
import { summaryOf } from '../server/ramp-summary.ts'
import { watchViewOf } from '../server/watch-view.ts'
import { Metrics } from '../telemetry/metrics.ts'
import { DamagedLedger, LedgerAbove } from './daemon-ledger.ts'

/** What is counted. */
export interface DaemonMetricsOptions {
  readonly engine: Pick<Engine, 'events' | 'underWay'>
  readonly version: string
  readonly agents?: AgentParts
}

/** Counts from now on. */
export async function countMetrics(options: DaemonMetricsOptions): Promise<Metrics> {
  const { engine, version, agents } = options
  const metrics = await Metrics.open(version, {
    ramps: () =>
      engine.underWay().map((state) => ({ kind: kindOf(state), phase: summaryOf(state).phase })),
    broken: () =>
      engine.underWay().flatMap((state) => {
        const isWatch = state.plan.endless === true
        return isWatch ? watchViewOf(state).broken.map(() => ({ kind: kindOf(state) })) : []
      }),
    agents: () =>
      (agents?.desk.views() ?? []).map(({ region, certificate }) => ({
        region,
        certificateUntilMs: certificate?.untilMs,
      })),
  })
  countEvents(engine, metrics)
  return metrics
}

function countEvents({ events }: DaemonMetricsOptions['engine'], metrics: Metrics): void {
  events.on('ramp.opened', ({ entry: { plan } }) =>
    metrics.rampOpened({ kind: plan.contract.kind, goal: plan.goal }),
  )
  events.on('ramp.advanced', ({ state, entries }) => {
    const labels = { kind: kindOf(state), goal: state.plan.goal }
    for (const entry of entries) {
      if (entry.type === 'ramp.held') metrics.rampHeld(labels)
      else if (entry.type === 'stage.breached') {
        metrics.stageBreached({ kind: labels.kind, policy: entry.policy })
      } else if (entry.type === 'stage.ready') {
        const enteredAtMs = state.stages.find(({ name }) => name === entry.stage)?.enteredAtMs
        if (enteredAtMs !== undefined) metrics.stageReady(labels, entry.atMs - enteredAtMs)
      } else if (entry.type === 'ramp.ended') {
        metrics.rampEnded({ ...labels, outcome: entry.outcome }, entry.atMs - state.openedAtMs)
      }
    }
  })
  events.on('question.answered', ({ question, answer, tookMs }) =>
    metrics.probeAnswered({ probe: question.question.probe, verdict: answer.verdict }, tookMs),
  )
  events.on('ledger.retried', () => metrics.ledgerRetried())
}

function kindOf({ plan }: RampState): string {
  return plan.contract.kind
}

/** A ledger whose appends can be timed; undefined for one to which nothing is appended. */
export function measuredLedger(ledger: Ledger, clock: SystemClock): MeasuredLedger | undefined {
  return ledger instanceof DamagedLedger
    ? undefined
    : new MeasuredLedger(ledger, () => clock.elapsedMs())
}

/** A ledger as the one below, whose appends are timed. */
class MeasuredLedger extends LedgerAbove {
  readonly #now: () => number
  #metrics: Metrics | undefined

  /** @param now milliseconds that never go back */
  constructor(below: Ledger, now: () => number) {
    super(below)
    this.#now = now
  }

  /** From now on appends are told to these. */
  tell(metrics: Metrics): void {
    this.#metrics = metrics
  }

  override async append(append: Append): Promise<readonly Recorded[]> {
    const startedMs = this.#now()
    const recorded = await super.append(append)
    this.#metrics?.ledgerAppended(recorded.length, this.#now() - startedMs)
    return recorded
  }
}
