/** Putting one fault in, seeing who tells, and taking it out again. */
import { AssertionFailure } from '../core/fault/assert.ts'
import { isFault } from '../core/fault/fault.ts'
import type { Injected, InjectedFault } from './fault.ts'
import type { PromisedCondition, PromisedEdge } from './promises.ts'
import type { Noticed, Sighting } from './proof.ts'
import type { Trial } from './trial.ts'

/** How long it may take until every promise is kept again. @unit ms */
const RECOVERY_MS = 20_000

/** What is waited for. */
export interface Sought {
  readonly edges: readonly PromisedEdge[]
  /** How long conditions have to notice. @unit ms */
  readonly withinMs: number
}

/** Makes one promise false and true again. */
export async function sight(
  trial: Trial,
  fault: InjectedFault,
  { edges, withinMs }: Sought,
): Promise<Sighting> {
  const { name, hit, mustNotice } = fault
  const standing = edges.filter(({ to }) => to === hit).map(({ from }) => from)
  const startedMs = performance.now()
  const injected = await injectInto(trial, fault)
  if ('untried' in injected) {
    const { untried } = injected
    return { fault: name, ...hitBy(fault), mustNotice, noticed: [], untried, stillBroken: [] }
  }
  let noticed: readonly Noticed[]
  try {
    noticed = await noticedFrom(trial, mustNotice, startedMs, withinMs, standing)
  } finally {
    await injected.heal()
  }
  const healedMs = performance.now()
  const left = await trial.untilKept(RECOVERY_MS)
  const recoveredMs = Math.round(performance.now() - healedMs)
  return {
    fault: name,
    ...hitBy(fault),
    mustNotice,
    noticed,
    ...(left.length === 0 ? { recoveredMs } : {}),
    stillBroken: left.map(
      ({ stage, condition, sentence }) => `${stage}: ${condition}: ${sentence}`,
    ),
  }
}

/** A fault that cannot be put in is told of, and the others are tried all the same. */
async function injectInto(trial: Trial, fault: InjectedFault): Promise<Injected> {
  try {
    return await fault.inject(trial)
  } catch (error) {
    const isOurs = isFault(error) || error instanceof AssertionFailure
    if (isOurs || !(error instanceof Error)) throw error
    return { untried: error.message }
  }
}

function hitBy({ hit }: InjectedFault): Pick<Sighting, 'hit'> {
  return hit === undefined ? {} : { hit }
}

/**
 * Who tells of a fault: looked at until all that must have told, and every stage that stands on what
 * was hit has told by one of its conditions at least, or until the time is over.
 */
export async function noticedFrom(
  trial: Trial,
  mustNotice: readonly Pick<PromisedCondition, 'stage' | 'condition'>[],
  startedMs: number,
  withinMs: number,
  standing: readonly string[] = [],
): Promise<readonly Noticed[]> {
  const noticed = new Map<string, Noticed>()
  await trial.lookUntil((broken) => {
    const afterMs = Math.round(performance.now() - startedMs)
    for (const { stage, condition, sentence } of broken) {
      const key = JSON.stringify([stage, condition])
      if (!noticed.has(key)) noticed.set(key, { stage, condition, afterMs, sentence })
    }
    const told = [...noticed.values()]
    return (
      mustNotice.every((one) => noticed.has(JSON.stringify([one.stage, one.condition]))) &&
      standing.every((stage) => told.some((one) => one.stage === stage))
    )
  }, withinMs)
  return [...noticed.values()]
}
