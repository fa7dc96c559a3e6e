/**
 * What an environment promises: every condition that is asked while it is watched, and every edge from
 * a component to one that it stands on. Pure; read off the plan for watching.
 */
import type { Plan, Stage } from '../core/plan/plan.ts'

/** A condition that is watched. */
export interface PromisedCondition {
  readonly stage: string
  readonly condition: string
  readonly probe: string
  /** For what regions agree on: the stages that are compared, and the probe that is asked there. */
  readonly compares: readonly { readonly stage: string; readonly probe: string }[]
}

/** A component that stands on another: what it says of itself must tell when that one is gone. */
export interface PromisedEdge {
  readonly from: string
  readonly to: string
}

/** Everything that is promised. */
export interface Promises {
  readonly conditions: readonly PromisedCondition[]
  readonly edges: readonly PromisedEdge[]
}

/** What a plan for watching promises, in its order. */
export function promisesOf(plan: Plan): Promises {
  const conditions = plan.stages.flatMap((stage) =>
    stage.conditions.map(({ name: condition, question }) => ({
      stage: stage.name,
      condition,
      probe: question.ask === 'probe' ? question.probe : question.ask,
      compares:
        question.ask === 'probe'
          ? (question.among ?? []).map((one) => ({ stage: one.stage, probe: one.probe }))
          : [],
    })),
  )
  const edges = plan.stages
    .filter((stage) => stage.conditions.length > 0 && !spansGroups(stage, plan))
    .flatMap((stage) => standsOn(stage, plan).map((to) => ({ from: stage.name, to })))
  return { conditions, edges }
}

/** What regions agree on by asking a stage, and with it those conditions that speak of it. */
export function comparing(
  { conditions }: Promises,
  asked: { readonly stage: string; readonly probe?: string },
): readonly PromisedCondition[] {
  return conditions.filter(({ compares }) =>
    compares.some(
      (one) =>
        one.stage === asked.stage && (asked.probe === undefined || one.probe === asked.probe),
    ),
  )
}

/** Whether it is no component, but what regions agree on. */
function spansGroups(stage: Stage, plan: Plan): boolean {
  return plan.groups.length > 0 && stage.group === undefined
}

/** Whether it is one of several that stand for each other, or the front that they stand behind. */
function isSpare({ command }: Stage): boolean {
  return command?.actuator === 'front' || command?.input['copy'] !== undefined
}

/** The nearest running components that a stage needs, looking through what does not keep running. */
function standsOn(stage: Stage, plan: Plan): readonly string[] {
  const found = new Set<string>()
  const seen = new Set<string>()
  const visit = (from: Stage): void => {
    for (const { stage: name } of from.needs) {
      const next = plan.stages.find((one) => one.name === name)
      if (next === undefined || seen.has(name)) continue
      seen.add(name)
      // Nobody is to notice when one of several copies is gone, nor is their front a part of its
      // own to them.
      if (isSpare(next)) continue
      if (next.command === undefined) visit(next)
      else found.add(name)
    }
  }
  visit(stage)
  return [...found]
}
