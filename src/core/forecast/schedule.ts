/**
 * The schedule of one ramp whose stages take known times: when each is let in, begins and is ready,
 * and by how much it could be later without the ramp being longer. Exact; chance comes from outside.
 *
 * With a limited number of cores a stage is at work from its beginning until every exit condition has
 * passed once; what follows, holding and being asked again, is waiting and takes no core. Whoever is
 * let in first is served first, ties in the plan's order.
 */
import { present } from '../fault/assert.ts'
import type { Network } from './network.ts'
import { type StageTimes, timeUntil } from './stage-times.ts'

/** When what happens. All by place in the plan, counted from the ramp's opening. */
export interface Schedule {
  /** When its needs were met. @unit ms */
  readonly fromMs: readonly number[]
  /** When it began; later than `fromMs` only while it waited for a core. @unit ms */
  readonly beginMs: readonly number[]
  /** @unit ms */
  readonly readyMs: readonly number[]
  /** How much later it could have begun; 0 on the critical path. @unit ms */
  readonly slackMs: readonly number[]
  /** Until the last stage was ready. @unit ms */
  readonly totalMs: number
}

interface Draft {
  readonly fromMs: number[]
  readonly beginMs: number[]
  readonly readyMs: number[]
  /** Places in the order in which they were scheduled. */
  readonly served: number[]
  /** Whose core a stage took over; −1: nobody's. */
  readonly coreOf: number[]
}

/** Schedules a network whose stages take these times. */
export function scheduleOf(network: Network, times: readonly StageTimes[]): Schedule {
  const { length } = network.stages
  const draft: Draft = {
    fromMs: new Array(length).fill(0),
    beginMs: new Array(length).fill(0),
    readyMs: new Array(length).fill(0),
    served: [],
    coreOf: new Array(length).fill(-1),
  }
  if (network.cores === undefined || network.cores >= length) {
    for (const place of network.order) begin(network, times, draft, place)
  } else {
    shareCores(network, times, draft, network.cores)
  }
  let totalMs = 0
  for (const readyMs of draft.readyMs) totalMs = Math.max(totalMs, readyMs)
  const { fromMs, beginMs, readyMs } = draft
  return { fromMs, beginMs, readyMs, totalMs, slackMs: slackOf(network, times, draft, totalMs) }
}

/** Lets a stage begin as soon as its needs are met, and not before. */
function begin(
  network: Network,
  times: readonly StageTimes[],
  draft: Draft,
  place: number,
  notBeforeMs = 0,
): void {
  const fromMs = letInMs(network, times, draft, place)
  const beginMs = Math.max(fromMs, notBeforeMs)
  draft.fromMs[place] = fromMs
  draft.beginMs[place] = beginMs
  draft.readyMs[place] = beginMs + timesAt(times, place).readyMs
  draft.served.push(place)
}

function letInMs(
  network: Network,
  times: readonly StageTimes[],
  draft: Draft,
  place: number,
): number {
  let fromMs = 0
  for (const { stage, until } of network.stages[place]?.needs ?? []) {
    fromMs = Math.max(fromMs, (draft.beginMs[stage] ?? 0) + timeUntil(timesAt(times, stage), until))
  }
  return fromMs
}

/**
 * First come, first served. A stage that is not let in yet waits for one that is, so the earliest of
 * those that are let in is the earliest of all.
 */
function shareCores(
  network: Network,
  times: readonly StageTimes[],
  draft: Draft,
  cores: number,
): void {
  const freeMs: number[] = new Array(cores).fill(0)
  const servedLast: number[] = new Array(cores).fill(-1)
  const waiting = network.stages.map((stage) => stage.needs.length)
  const open = network.stages.flatMap((stage, place) => (stage.needs.length === 0 ? [place] : []))
  while (open.length > 0) {
    const place = takeFirst(open, draft.fromMs)
    let core = 0
    for (let other = 1; other < cores; other++) {
      if ((freeMs[other] ?? 0) < (freeMs[core] ?? 0)) core = other
    }
    begin(network, times, draft, place, freeMs[core])
    draft.coreOf[place] = servedLast[core] ?? -1
    servedLast[core] = place
    freeMs[core] = (draft.beginMs[place] ?? 0) + timesAt(times, place).provisionalMs
    for (const dependent of network.dependents[place] ?? []) {
      const left = (waiting[dependent] ?? 0) - 1
      waiting[dependent] = left
      if (left > 0) continue
      draft.fromMs[dependent] = letInMs(network, times, draft, dependent)
      open.push(dependent)
    }
  }
}

/** Takes the place that was let in first out of those that are open; ties in the plan's order. */
function takeFirst(open: number[], fromMs: readonly number[]): number {
  let first = 0
  for (let index = 1; index < open.length; index++) {
    const [one, other] = [open[first] ?? 0, open[index] ?? 0]
    const by = (fromMs[other] ?? 0) - (fromMs[one] ?? 0)
    if (by < 0 || (by === 0 && other < one)) first = index
  }
  return present(open.splice(first, 1)[0], 'something is open')
}

/** Backwards from the end: what stands on a stage, or took over its core, limits its slack. */
function slackOf(
  network: Network,
  times: readonly StageTimes[],
  draft: Draft,
  totalMs: number,
): readonly number[] {
  const slackMs = draft.readyMs.map((readyMs) => totalMs - readyMs)
  const limit = (place: number, untilMs: number, by: number): void => {
    const roomMs = (slackMs[by] ?? 0) + (draft.beginMs[by] ?? 0) - untilMs
    slackMs[place] = Math.min(slackMs[place] ?? 0, roomMs)
  }
  for (let index = draft.served.length - 1; index >= 0; index--) {
    const by = present(draft.served[index], 'the place was served')
    for (const { stage, until } of network.stages[by]?.needs ?? []) {
      limit(stage, (draft.beginMs[stage] ?? 0) + timeUntil(timesAt(times, stage), until), by)
    }
    const core = draft.coreOf[by] ?? -1
    if (core >= 0) limit(core, (draft.beginMs[core] ?? 0) + timesAt(times, core).provisionalMs, by)
  }
  return slackMs
}

function timesAt(times: readonly StageTimes[], place: number): StageTimes {
  return present(times[place], 'every stage has its times')
}
