/** Conditions, understood: every one named, every default filled in, what follows by itself added. */

import { present } from '../../core/fault/assert.ts'
import type { BreachPolicy, Tolerance, Watch } from '../../core/plan/condition.ts'
import type { Cadence } from '../../core/plan/question.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { type ProbeName, probeInputs } from '../probes/index.ts'
import type { WrittenComponent } from './written.ts'
import { comparedInput, comparisonsOf, type WrittenAgreement } from './written-agreement.ts'
import type { BREACH_POLICIES, WrittenCadence, WrittenCondition } from './written-condition.ts'
import { probesOf } from './written-condition.ts'

/** Something that must be proved. */
export interface ReadyCondition {
  readonly name: string
  /** Who to talk to about it; absent: whoever owns the component. */
  readonly owner?: string
  /** `agree` compares one condition in several regions. */
  readonly probe: ProbeName | 'agree'
  /** With its templates, as written. */
  readonly input: JsonObject
  readonly when?: string
  readonly consecutive: number
  readonly holdMs: number
  readonly deadlineMs?: number
  readonly timeoutMs: number
  readonly cadence: Cadence
  readonly onBreach?: BreachPolicy
  readonly watch: Watch
  readonly tolerance: Tolerance
  /** For a comparison: the condition that is asked anew in every region. */
  readonly of?: ConditionPlace
  /** Whether it was not written, but follows from what a component is. */
  readonly implied: boolean
}

/** A condition of a component. */
export interface ConditionPlace {
  readonly component: string
  readonly condition: string
}

const CADENCE: Cadence = { firstMs: 5, mostMs: 100, watchMs: 1_000 }

/** How long the regions together may take to answer when the contract does not say. @unit ms */
const AGREE_TIMEOUT_MS = 5_000

/**
 * The conditions of a component. A process that ends by itself must end well; one that does not must
 * be running, which is asked first, so that a crash is noticed by its event.
 */
export function readyConditions(written: WrittenComponent): readonly ReadyCondition[] {
  const { run, ready = [] } = written
  // Whether the process of somebody else runs is theirs to know.
  const isForeign = run === undefined || run.external !== undefined
  const isAsked = isForeign || ready.some((condition) => condition.exit !== undefined)
  if (isAsked) return namedConditions(ready)
  const expect = run.oneShot === true ? [0] : 'running'
  const name = run.oneShot === true ? 'exit' : 'running'
  const taken = ready.some((condition) => condition.name === name)
  const implied: WrittenCondition = { exit: { expect }, ...(taken ? {} : { name }) }
  return namedConditions([implied, ...ready]).map((condition, place) =>
    place === 0 ? { ...condition, implied: true } : condition,
  )
}

/** What a breach leads to; to a plan, a region is a group. */
export function policyOf(written: (typeof BREACH_POLICIES)[number]): BreachPolicy {
  return written === 'undoRegion' ? 'undoGroup' : written
}

/** Conditions with their names and defaults. */
export function namedConditions(written: readonly WrittenCondition[]): readonly ReadyCondition[] {
  const names = namesOf(written, (condition) => probesOf(condition)[0] ?? '')
  return written.map((condition, place) => {
    const probe = probesOf(condition)[0] ?? 'exit'
    return {
      name: names[place] ?? '',
      probe,
      input: condition[probe] ?? {},
      ...firmnessOf(condition, probeInputs[probe].timeoutMs),
    }
  })
}

/** What must hold across regions, with its names and defaults. */
export function agreedConditions(written: readonly WrittenAgreement[]): readonly ReadyCondition[] {
  const names = namesOf(written, defaultName)
  return written.map((agreement, place) => {
    const name = names[place] ?? ''
    const [component = '', condition = ''] = agreement.of?.split('/') ?? []
    if (agreement.of === undefined) {
      const [plain] = namedConditions([agreement])
      return { ...present(plain, 'one condition for each written'), name }
    }
    return {
      name,
      probe: 'agree',
      input: comparedInput(agreement),
      of: { component, condition },
      ...firmnessOf(agreement, AGREE_TIMEOUT_MS),
    }
  })
}

/** A comparison is called by what it compares, as `same-api`. */
function defaultName(agreement: WrittenAgreement): string {
  const [compare] = comparisonsOf(agreement)
  if (compare === undefined) return probesOf(agreement)[0] ?? ''
  return `${compare}-${agreement.of?.split('/')[0] ?? ''}`
}

/** Every condition's name: its own, else the one it gets, with a number where that is taken. */
function namesOf<Written extends { readonly name?: string }>(
  conditions: readonly Written[],
  nameFor: (condition: Written) => string,
): readonly string[] {
  const taken = new Set(conditions.map((condition) => condition.name))
  return conditions.map((condition) => {
    if (condition.name !== undefined) return condition.name
    const wanted = nameFor(condition)
    let name = wanted
    for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`
    taken.add(name)
    return name
  })
}

type Firmness = Omit<ReadyCondition, 'name' | 'probe' | 'input' | 'of'>

function firmnessOf(condition: WrittenCondition, timeoutMs: number): Firmness {
  const { owner, when, deadline, onBreach, tolerate } = condition
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(when === undefined ? {} : { when }),
    consecutive: condition.consecutive ?? 1,
    holdMs: condition.holdFor ?? 0,
    ...(deadline === undefined ? {} : { deadlineMs: deadline }),
    timeoutMs: condition.timeout ?? timeoutMs,
    cadence: cadenceOf(condition.every ?? {}),
    ...(onBreach === undefined ? {} : { onBreach: policyOf(onBreach) }),
    watch: condition.watch ?? 'ramp',
    tolerance: { failures: tolerate?.failures ?? 0, ms: tolerate?.for ?? 0 },
    implied: false,
  }
}

function cadenceOf(every: number | WrittenCadence): Cadence {
  if (typeof every === 'number') return { firstMs: every, mostMs: every, watchMs: every }
  const firstMs = every.first ?? CADENCE.firstMs
  return {
    firstMs,
    mostMs: every.most ?? Math.max(CADENCE.mostMs, firstMs),
    watchMs: every.watch ?? CADENCE.watchMs,
  }
}
