/** Sorts ramps and environments into what the overview tells: pure, so that it can be tried on its own. */
import type { ApprovalView } from '../../server/wire/approvals.ts'
import type { BrokenPromise, EnvironmentView, RampSummary, WatchView } from '../../server/wire.ts'
import { hasBroken } from '../part/ramp-tone.ts'

const DAY_MS = 86_400_000

/** A promise that is broken, and where. */
export interface BrokenIn extends BrokenPromise {
  readonly contract: string
  readonly ramp: string
}

/** What the overview shows. */
export interface Picture {
  readonly moving: readonly RampSummary[]
  /** Whom they wait for is a person. */
  readonly stuck: readonly RampSummary[]
  readonly broke: readonly RampSummary[]
  readonly watching: readonly WatchView[]
  readonly promises: readonly BrokenIn[]
  readonly isEmpty: boolean
}

/** Sorts it out. Ramps that a newer ramp of the same contract has put right still count as broken. */
export function sortOut(known: {
  readonly ramps: readonly RampSummary[]
  readonly environments: readonly EnvironmentView[]
  readonly nowMs: number
}): Picture {
  const { ramps, environments, nowMs } = known
  const all = [...new Map(withLast(ramps, environments).map((ramp) => [ramp.ramp, ramp])).values()]
  return {
    moving: all.filter(({ phase }) => phase === 'moving' || phase === 'undoing'),
    stuck: all.filter(({ phase }) => phase === 'held'),
    watching: environments.flatMap(({ watch }) => (watch?.phase === 'watching' ? [watch] : [])),
    broke: all.filter((ramp) => hasBroken(ramp) && nowMs - (ramp.endedAtMs ?? 0) < DAY_MS),
    promises: environments.flatMap(({ contract, watch }) =>
      (watch?.broken ?? []).map((promise) => ({ ...promise, contract, ramp: watch?.ramp ?? '' })),
    ),
    isEmpty: all.length === 0 && environments.length === 0,
  }
}

/** Approvals by whose turn it is: this reader's first. */
export function approvalsInTurn(approvals: readonly ApprovalView[]): readonly ApprovalView[] {
  return approvals.toSorted(
    (one, other) =>
      Number(other.mayApprove) - Number(one.mayApprove) || one.askedAtMs - other.askedAtMs,
  )
}

/** The last ramp of an environment may be older than the newest page. */
function withLast(
  ramps: readonly RampSummary[],
  environments: readonly EnvironmentView[],
): readonly RampSummary[] {
  return [...environments.flatMap(({ lastRamp }) => lastRamp ?? []), ...ramps]
}
