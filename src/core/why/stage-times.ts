/**
 * Stage times: where the time of one ramp went. For every stage when its needs were met, what it took
 * by itself, split into gates, command and proof, and its slack: by how much later it could have been
 * ready without the ramp ending later. Pure; knows nothing of other ramps.
 */
import { present } from '../fault/assert.ts'
import type { Until } from '../plan/plan.ts'
import { indexOfPlan } from '../plan/plan-index.ts'
import { needsOfStage } from '../ramp/needs.ts'
import type { RampState, StageState } from '../ramp/state.ts'
import { reachedAtMs, type Span, timelineOf } from '../ramp/timeline.ts'

/** One stage of one ramp. Instants are milliseconds since the ramp was opened. */
export interface StageTime {
  readonly name: string
  readonly place: number
  /** How far it came: `ready` (or left out), `failed`, still `underWay`, or `never` let in. */
  readonly reached: 'ready' | 'failed' | 'underWay' | 'never'
  /** When its needs were met. @unit ms */
  readonly fromMs?: number
  /** When it was ready or had failed, or how far the ramp has come. @unit ms */
  readonly untilMs?: number
  /** From its needs being met until then. @unit ms */
  readonly ownMs?: number
  /** What its gates took of that. @unit ms */
  readonly gatesMs?: number
  /** What its command took. @unit ms */
  readonly commandMs?: number
  /** What its exit conditions took. @unit ms */
  readonly proofMs?: number
  /**
   * How much later it could have been ready, and the ramp ended no later; absent: it was not ready.
   * @unit ms
   */
  readonly slackMs?: number
  readonly isCritical: boolean
  /** The need that was met last. */
  readonly letInBy?: string
}

/** The times of all stages of a ramp, and the chain that its length comes from. */
export interface RampTimes {
  /** From opening to the goal, or to where it broke, or as far as it has come. @unit ms */
  readonly totalMs: number
  /** Names, first to last: to the last stage that was ready, or to the one that broke. */
  readonly criticalPath: readonly string[]
  /** What these stages took by themselves. @unit ms */
  readonly criticalPathMs: number
  /** In the plan's order. */
  readonly stages: readonly StageTime[]
}

/**
 * Where the time of a ramp went.
 *
 * @param brokenBy the stage that is to blame, if one is: then the critical path leads there
 * @param untilMs when it gave up going forward, or now if it is under way, by the ledger's clock; absent:
 *   it has ended, or its latest entry counts
 */
export function timesOf(state: RampState, brokenBy?: string, untilMs?: number): RampTimes {
  const { spans } = timelineOf(state)
  const endMs = (untilMs ?? state.ended?.atMs ?? state.latestMs) - state.openedAtMs
  const plain = spans.map((span, place) => plainTime(state, { span, place, endMs }))
  const goal = goalOf(plain, brokenBy)
  const criticalPath = pathTo(plain, goal)
  const isCritical = new Set(criticalPath)
  const slacks = slacksOf(state, plain, goal?.untilMs ?? endMs)
  const stages = plain.map((time, place) => {
    const slackMs = slacks[place]
    return {
      ...time,
      isCritical: isCritical.has(time.name),
      ...(slackMs === undefined ? {} : { slackMs }),
    }
  })
  const criticalPathMs = criticalPathMsOf(state, stages, criticalPath)
  return { totalMs: endMs, criticalPath, criticalPathMs, stages }
}

interface PlacedSpan {
  readonly span: Span
  readonly place: number
  /** @unit ms */
  readonly endMs: number
}

function plainTime(state: RampState, { span, place, endMs }: PlacedSpan): StageTime {
  const { name, fromMs, enteredMs, letInBy } = span
  // What an earlier incarnation came to is not this one's.
  const startedMs = notBefore(enteredMs, span.startedMs)
  const readyMs = notBefore(enteredMs, span.readyMs)
  const now = present(state.stages[place], 'every stage has a state')
  const base = { name, place, isCritical: false, ...(letInBy === undefined ? {} : { letInBy }) }
  if (fromMs === undefined) return { ...base, reached: 'never' }
  const failedMs =
    now.failedAtMs === undefined ? undefined : notBefore(fromMs, now.failedAtMs - state.openedAtMs)
  const untilMs = Math.max(fromMs, readyMs ?? failedMs ?? endMs)
  return {
    ...base,
    reached: readyMs !== undefined ? 'ready' : isFailed(now) ? 'failed' : 'underWay',
    fromMs,
    untilMs,
    ownMs: untilMs - fromMs,
    gatesMs: (enteredMs ?? untilMs) - fromMs,
    ...(enteredMs === undefined ? {} : { commandMs: (startedMs ?? untilMs) - enteredMs }),
    ...(startedMs === undefined ? {} : { proofMs: untilMs - startedMs }),
  }
}

function notBefore(fromMs: number | undefined, ms: number | undefined): number | undefined {
  return fromMs === undefined || ms === undefined || ms < fromMs ? undefined : ms
}

function isFailed(now: StageState): boolean {
  return now.failedAtMs !== undefined || now.cause !== undefined
}

/** The stage that the critical path leads to: the one to blame, else the one that was done last. */
function goalOf(stages: readonly StageTime[], brokenBy?: string): StageTime | undefined {
  const blamed = stages.find(({ name, untilMs }) => name === brokenBy && untilMs !== undefined)
  if (blamed !== undefined) return blamed
  return stages.reduce<StageTime | undefined>(
    (last, stage) => ((stage.untilMs ?? -1) > (last?.untilMs ?? -1) ? stage : last),
    undefined,
  )
}

function pathTo(stages: readonly StageTime[], goal: StageTime | undefined): readonly string[] {
  const byName = new Map(stages.map((stage) => [stage.name, stage]))
  const path = new Set<string>()
  let at = goal
  while (at !== undefined && !path.has(at.name)) {
    path.add(at.name)
    at = at.letInBy === undefined ? undefined : byName.get(at.letInBy)
  }
  return [...path].reverse()
}

/** A stage counts up to where it let the next one in, which may be before it was ready. */
function criticalPathMsOf(
  state: RampState,
  stages: readonly StageTime[],
  path: readonly string[],
): number {
  const { placeOf } = indexOfPlan(state.plan)
  return path.reduce((sum, name, index) => {
    const stage = stages[placeOf.get(name) ?? -1]
    const next = stages[placeOf.get(path[index + 1] ?? '') ?? -1]
    const { fromMs = 0, untilMs = fromMs } = stage ?? {}
    return sum + Math.max(0, Math.min(untilMs, next?.fromMs ?? untilMs) - fromMs)
  }, 0)
}

/** The slack of every stage that was ready, by its place. */
function slacksOf(
  state: RampState,
  stages: readonly StageTime[],
  endMs: number,
): readonly (number | undefined)[] {
  const slacks: (number | undefined)[] = stages.map(() => undefined)
  for (const place of dependentsFirst(state)) {
    const stage = stages[place]
    if (stage?.reached !== 'ready') continue
    slacks[place] = Math.max(0, endMs - (stage.untilMs ?? endMs))
  }
  for (const place of dependentsFirst(state)) {
    const { fromMs } = present(stages[place], 'every stage has its times')
    if (fromMs === undefined) continue
    for (const need of needsOfStage(state, place)) {
      const known = slacks[need.on.place]
      const metMs = metMsOf(state, need.on.now, need.until)
      if (known === undefined || metMs === undefined) continue
      // Whoever was let in and never got ready could not have been let in any later either.
      const later = fromMs + (slacks[place] ?? 0) - metMs
      slacks[need.on.place] = Math.min(known, Math.max(0, later))
    }
  }
  return slacks
}

function metMsOf(state: RampState, now: StageState, until: Until): number | undefined {
  const atMs = reachedAtMs(now, until)
  return atMs === undefined ? undefined : atMs - state.openedAtMs
}

/** Places in an order in which every stage comes after all that wait for it. */
function dependentsFirst(state: RampState): readonly number[] {
  const { needs, dependents } = indexOfPlan(state.plan)
  const open = dependents.map((list) => list.length)
  const order = open.flatMap((count, place) => (count === 0 ? [place] : []))
  for (const place of order) {
    for (const target of new Set((needs[place] ?? []).map((need) => need.stage))) {
      const left = (open[target] ?? 0) - 1
      open[target] = left
      if (left === 0) order.push(target)
    }
  }
  return order
}
