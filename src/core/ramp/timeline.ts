/**
 * The timeline of a ramp: when each stage came how far, what it waited for last, and the critical
 * path: the chain of stages that the total time could not have been shorter than.
 */
import { present } from '../fault/assert.ts'
import type { Until } from '../plan/plan.ts'
import { needsOfStage } from './needs.ts'
import { type RampState, type StagePhase, type StageState, stageAt } from './state.ts'

/** One stage on the timeline. Instants are milliseconds since the ramp was opened. */
export interface Span {
  readonly name: string
  readonly phase: StagePhase
  readonly incarnation: number
  /** When its needs were met, so that its gates were asked or it was entered. @unit ms */
  readonly fromMs?: number
  /** @unit ms */
  readonly enteredMs?: number
  /** @unit ms */
  readonly startedMs?: number
  /** @unit ms */
  readonly provisionalMs?: number
  /** @unit ms */
  readonly readyMs?: number
  /** From its needs being met until it was ready. @unit ms */
  readonly ownMs?: number
  /** The stage whose progress let it in: the need that was met last. */
  readonly letInBy?: string
}

/** The timeline of a ramp. */
export interface Timeline {
  /** From opening to end; to the latest entry while under way. @unit ms */
  readonly totalMs: number
  /** Names along the critical path, first to last. */
  readonly criticalPath: readonly string[]
  /** What the stages on the critical path took by themselves, added up. @unit ms */
  readonly criticalPathMs: number
  /** In the plan's order. */
  readonly spans: readonly Span[]
}

/** The timeline of a ramp as it stands. */
export function timelineOf(state: RampState): Timeline {
  const spans = state.stages.map((_, place) => spanOf(state, place))
  const last = spans.reduce<Span | undefined>(
    (latest, span) => ((span.readyMs ?? -1) > (latest?.readyMs ?? -1) ? span : latest),
    undefined,
  )
  const { path, pathMs } = criticalPathTo(state, last)
  return {
    totalMs: (state.ended?.atMs ?? state.latestMs) - state.openedAtMs,
    criticalPath: path,
    criticalPathMs: pathMs,
    spans,
  }
}

function spanOf(state: RampState, place: number): Span {
  const { now } = stageAt(state, place)
  const since = (atMs: number | undefined, name: string): object =>
    atMs === undefined ? {} : { [name]: atMs - state.openedAtMs }
  const fromMs = fromOf(now)
  const letInBy = lastNeed(state, place)?.stage
  return {
    name: now.name,
    phase: now.phase,
    incarnation: now.incarnation,
    ...since(fromMs, 'fromMs'),
    ...since(now.enteredAtMs, 'enteredMs'),
    ...since(now.startedAtMs, 'startedMs'),
    ...since(now.provisionalAtMs, 'provisionalMs'),
    ...since(now.readyAtMs, 'readyMs'),
    ...(fromMs === undefined || now.readyAtMs === undefined
      ? {}
      : { ownMs: now.readyAtMs - fromMs }),
    ...(letInBy === undefined || now.enteredAtMs === undefined ? {} : { letInBy }),
  }
}

/** Since when a stage was on its own: its needs were met. Gates from this incarnation only. */
function fromOf(now: StageState): number | undefined {
  if (now.enteredAtMs === undefined) return now.gatedAtMs
  return now.gatedAtMs === undefined ? now.enteredAtMs : Math.min(now.gatedAtMs, now.enteredAtMs)
}

/** The need of a stage that was met last, and when. */
function lastNeed(
  state: RampState,
  place: number,
): { readonly stage: string; readonly place: number; readonly metAtMs: number } | undefined {
  let last: { stage: string; place: number; metAtMs: number } | undefined
  for (const need of needsOfStage(state, place)) {
    const metAtMs = reachedAtMs(need.on.now, need.until)
    if (metAtMs === undefined || (last !== undefined && last.metAtMs >= metAtMs)) continue
    last = { stage: need.on.now.name, place: need.on.place, metAtMs }
  }
  return last
}

/** When a stage came so far; absent: it has not. @returns the instant on the ledger's clock */
export function reachedAtMs(now: StageState, until: Until): number | undefined {
  if (now.phase === 'left') return now.undoneAtMs
  switch (until) {
    case 'started':
      return now.startedAtMs
    case 'provisional':
      return now.provisionalAtMs ?? now.readyAtMs
    case 'ready':
      return now.readyAtMs
    default:
      return now.completedAtMs
  }
}

function criticalPathTo(
  state: RampState,
  last: Span | undefined,
): { readonly path: readonly string[]; readonly pathMs: number } {
  const path: string[] = []
  let pathMs = 0
  let place = state.stages.findIndex((stage) => stage.name === last?.name)
  let untilMs = place < 0 ? undefined : state.stages[place]?.readyAtMs
  while (place >= 0 && untilMs !== undefined) {
    const now = present(state.stages[place], 'the place is in the plan')
    path.unshift(now.name)
    pathMs += Math.max(0, untilMs - (fromOf(now) ?? untilMs))
    const need = lastNeed(state, place)
    place = need?.place ?? -1
    untilMs = need?.metAtMs
  }
  return { path, pathMs }
}
