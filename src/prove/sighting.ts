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
  const { name, hit, mustNotice, reasons } = fault
  const standing = edges.filter(({ to }) => to === hit).map(({ from }) => from)
  const startedMs = performance.now()
  const injected = await injectInto(trial, fault)
  if ('untried' in injected) {
    const { untried } = injected
    return { fault: name, ...hitBy(fault), mustNotice, noticed: [], untried, stillBroken: [] }
  }
  let told: Told
  try {
    const due = { mustNotice, standing, ...(reasons === undefined ? {} : { reasons }) }
    told = await noticedFrom(trial, due, startedMs, withinMs)
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
    ...told,
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

/** Who has to tell. */
export interface Due {
  readonly mustNotice: readonly Pick<PromisedCondition, 'stage' | 'condition'>[]
  /** Stages of which one condition at least must tell. */
  readonly standing?: readonly string[]
  /** The reasons by which `mustNotice` tell of it; absent: any. */
  readonly reasons?: readonly string[]
}

/** Who told. */
export type Told = Pick<Sighting, 'noticed' | 'untried'>

/**
 * Who tells of a fault: looked at until all that must have told, and every stage that stands on what
 * was hit has told by one of its conditions at least, or until the time is over. A condition that had to
 * tell and told of something else instead makes it no proof either way.
 */
export async function noticedFrom(
  trial: Trial,
  { mustNotice, standing = [], reasons }: Due,
  startedMs: number,
  withinMs: number,
): Promise<Told> {
  const noticed = new Map<string, Noticed>()
  const others = new Map<string, string>()
  const keyOf = (one: Pick<PromisedCondition, 'stage' | 'condition'>): string =>
    JSON.stringify([one.stage, one.condition])
  const due = new Set(mustNotice.map(keyOf))
  await trial.lookUntil((broken) => {
    const afterMs = Math.round(performance.now() - startedMs)
    for (const { stage, condition, sentence, reason } of broken) {
      const key = keyOf({ stage, condition })
      if (noticed.has(key)) continue
      if (due.has(key) && reasons?.includes(reason) === false) others.set(key, sentence)
      else noticed.set(key, { stage, condition, afterMs, sentence })
    }
    const told = [...noticed.values()]
    return (
      [...due].every((key) => noticed.has(key)) &&
      standing.every((stage) => told.some((one) => one.stage === stage))
    )
  }, withinMs)
  const [other] = [...others].filter(([key]) => !noticed.has(key))
  const untried = other === undefined ? {} : { untried: `something else was told: ${other[1]}` }
  return { noticed: [...noticed.values()], ...untried }
}
