/** What came of making every promise false: which conditions noticed, and which did not. Pure. */
import type { PromisedCondition, PromisedEdge, Promises } from './promises.ts'

/** Something was made false, and these conditions told of it. */
export interface Sighting {
  /** What was done, as a sentence would go on: `eu/db hangs`. */
  readonly fault: string
  /** The component that was touched; absent: none as a whole. */
  readonly hit?: string
  readonly noticed: readonly Noticed[]
  /** Conditions that had to notice this very fault. */
  readonly mustNotice: readonly Pick<PromisedCondition, 'stage' | 'condition'>[]
  /** Why it was not made false after all; then nothing could be noticed. */
  readonly untried?: string
  /** Until every promise was kept again; absent: it was not, or that was not waited for. @unit ms */
  readonly recoveredMs?: number
  /** What never came back. */
  readonly stillBroken: readonly string[]
}

/** A condition that told of a fault. */
export interface Noticed {
  readonly stage: string
  readonly condition: string
  /** @unit ms */
  readonly afterMs: number
  /** What it said. */
  readonly sentence: string
}

/** A condition, and whether it can tell at all. */
export interface ProvedCondition extends PromisedCondition {
  readonly isProved: boolean
  /** The faults that it told of. */
  readonly by: readonly { readonly fault: string; readonly afterMs: number }[]
  /** Faults that it should have told of and did not. */
  readonly missed: readonly string[]
  /** Faults that it should have been shown and was not, and why. */
  readonly untried: readonly { readonly fault: string; readonly why: string }[]
}

/** An edge, and whether the one that stands there tells when the other is gone. */
export interface ProvedEdge extends PromisedEdge {
  readonly isProved: boolean
  /** Whether the one that it stands on was made to fail at all. */
  readonly isTried: boolean
  readonly by?: { readonly condition: string; readonly fault: string; readonly afterMs: number }
}

/** The whole proof. */
export interface Proof {
  readonly verdict: 'proved' | 'unproved'
  readonly conditions: readonly ProvedCondition[]
  readonly edges: readonly ProvedEdge[]
  readonly sightings: readonly Sighting[]
}

/** Adds up what was seen. */
export function proofOf(promises: Promises, sightings: readonly Sighting[]): Proof {
  const conditions = promises.conditions.map((promised) => proveCondition(promised, sightings))
  const edges = promises.edges.map((promised) => proveEdge(promised, sightings))
  const isProved =
    conditions.every((one) => one.isProved) &&
    edges.every((one) => one.isProved) &&
    sightings.every(({ stillBroken }) => stillBroken.length === 0)
  return { verdict: isProved ? 'proved' : 'unproved', conditions, edges, sightings }
}

function proveCondition(
  promised: PromisedCondition,
  sightings: readonly Sighting[],
): ProvedCondition {
  const isIt = (other: Pick<PromisedCondition, 'stage' | 'condition'>): boolean =>
    other.stage === promised.stage && other.condition === promised.condition
  const by = sightings.flatMap(({ fault, noticed }) =>
    noticed.filter(isIt).map(({ afterMs }) => ({ fault, afterMs })),
  )
  const due = sightings.filter(({ mustNotice }) => mustNotice.some(isIt))
  const untried = due.flatMap(({ fault, untried: why }) =>
    why === undefined ? [] : [{ fault, why }],
  )
  const missed = due
    .filter((sighting) => sighting.untried === undefined && !sighting.noticed.some(isIt))
    .map(({ fault }) => fault)
  const isProved = by.length > 0 && missed.length === 0 && untried.length === 0
  return { ...promised, isProved, by, missed, untried }
}

function proveEdge(promised: PromisedEdge, sightings: readonly Sighting[]): ProvedEdge {
  const tried = sightings.filter(({ hit, untried }) => hit === promised.to && untried === undefined)
  for (const { fault, noticed } of tried) {
    const told = noticed.find(({ stage }) => stage === promised.from)
    if (told === undefined) continue
    const { condition, afterMs } = told
    return { ...promised, isProved: true, isTried: true, by: { condition, fault, afterMs } }
  }
  return { ...promised, isProved: false, isTried: tried.length > 0 }
}
