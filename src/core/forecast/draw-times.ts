/**
 * Times drawn from recorded ones. A few recorded times are neither all there is nor the extremes of it:
 * what lies between two of them is drawn in proportion, and at both ends the next time is taken to lie
 * about as far away as they lie from each other.
 */
import { present } from '../fault/assert.ts'
import type { StageSamples } from './samples.ts'
import { orderedTimes, type StageTimes } from './stage-times.ts'

/** The times of a stage that are longer than such a share of all times. @param share 0 to 1 */
export function timesAt({ times, source }: StageSamples, share: number): StageTimes {
  const first = present(times[0], 'a stage has numbers')
  const last = present(times.at(-1), 'a stage has numbers')
  if (times.length === 1) return first
  // Whoever estimates a range means nothing outside of it.
  const rank = source === 'estimate' ? share * (times.length - 1) : share * (times.length + 1) - 1
  if (rank < 0) return moved(first, rank * endStepMs(times, first))
  if (rank > times.length - 1) {
    return moved(last, (rank - times.length + 1) * endStepMs(times, last))
  }
  const below = Math.floor(rank)
  return between(times[below] ?? first, times[below + 1] ?? last, rank - below)
}

/** How far the next time beyond an end may lie; an outlier alone does not make it far. */
function endStepMs(times: readonly StageTimes[], end: StageTimes): number {
  const ready = times.map(({ readyMs }) => readyMs)
  const [least = 0, most = 0] = [ready[0], ready.at(-1)]
  const middle = ready[ready.length >> 1] ?? 0
  const steps = ready.length - 1
  return Math.min((most - least) / steps, (2 * Math.abs(end.readyMs - middle)) / steps)
}

/** Longer or shorter work; what comes after the first pass is the contract's and stays. */
function moved(times: StageTimes, byMs: number): StageTimes {
  const provisionalMs = Math.max(times.startedMs, times.provisionalMs + byMs)
  const readyMs = provisionalMs + times.readyMs - times.provisionalMs
  const completedMs = readyMs + times.completedMs - times.readyMs
  return orderedTimes({ startedMs: times.startedMs, provisionalMs, readyMs, completedMs })
}

function between(one: StageTimes, other: StageTimes, share: number): StageTimes {
  const at = (from: number, until: number): number => from + (until - from) * share
  return orderedTimes({
    startedMs: at(one.startedMs, other.startedMs),
    provisionalMs: at(one.provisionalMs, other.provisionalMs),
    readyMs: at(one.readyMs, other.readyMs),
    completedMs: at(one.completedMs, other.completedMs),
  })
}
