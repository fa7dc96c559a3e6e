/**
 * Checks a plan before it is run: names resolve, nothing waits in a circle or for what can never
 * happen, numbers are in range. A plan that passes can always be run to an end or a hold.
 */

import type { FaultCodeName } from '../fault/codes.ts'
import { Fault } from '../fault/fault.ts'
import type { Condition } from './condition.ts'
import type { Plan, Stage } from './plan.ts'
import { indexOfPlan } from './plan-index.ts'

/** The most retries of one stage: all of them may have to be decided in one batch. */
const RETRIES_MOST = 100

/**
 * Checks a plan.
 *
 * @returns the same plan
 * @throws plan-cyclic naming the whole cycle
 * @throws plan-unreachable naming the edge that can never be satisfied
 */
export function checkPlan(plan: Plan): Plan {
  const names = new Set<string>()
  for (const stage of plan.stages) {
    if (names.has(stage.name)) {
      throw refuse(plan, 'plan-unreachable', `stage ${stage.name} is declared twice`)
    }
    names.add(stage.name)
  }
  for (const stage of plan.stages) checkStage(plan, stage)
  checkWhole(plan, 'retryBudget', plan.retryBudget, 0)
  checkGroups(plan)
  const cycle = findCycle(indexOfPlan(plan).needs.map((needs) => needs.map((need) => need.stage)))
  if (cycle !== undefined) {
    const path = cycle.map((place) => plan.stages[place]?.name ?? '?').join(' -> ')
    throw refuse(plan, 'plan-cyclic', `${path} wait for each other in a circle`)
  }
  return plan
}

function checkStage(plan: Plan, stage: Stage): void {
  for (const need of stage.needs) {
    const target = plan.stages.find((candidate) => candidate.name === need.stage)
    if (target === undefined) {
      throw refuse(plan, 'plan-unreachable', `${stage.name} needs ${need.stage}, which is no stage`)
    }
    if (need.until === 'completed' && !target.finishes) {
      throw refuse(
        plan,
        'plan-unreachable',
        `${stage.name} waits for ${need.stage} to complete, which never finishes by itself`,
      )
    }
  }
  const conditions = [...stage.gates, ...stage.conditions, ...stage.guards]
  if (new Set(conditions.map((condition) => condition.name)).size !== conditions.length) {
    throw refuse(plan, 'plan-unreachable', `two conditions of ${stage.name} share a name`)
  }
  for (const condition of conditions) checkCondition(plan, stage, condition)
  const policies = [stage.onBreach, ...conditions.map((condition) => condition.onBreach)]
  if (stage.group === undefined && policies.includes('undoGroup')) {
    const why = `${stage.name} belongs to no group, so there is none to undo`
    throw refuse(plan, 'plan-unreachable', why)
  }
  checkWhole(plan, `${stage.name}: deadlineMs`, stage.deadlineMs, 1)
  checkWhole(plan, `${stage.name}: retry.limit`, stage.retry.limit, 0)
  checkWhole(plan, `${stage.name}: retry.backoffMs`, stage.retry.backoffMs, 0)
  if (stage.retry.limit > RETRIES_MOST) {
    const why = `${stage.name}: retry.limit is ${stage.retry.limit}; at most ${RETRIES_MOST}`
    throw refuse(plan, 'plan-unreachable', why)
  }
}

function checkCondition(plan: Plan, stage: Stage, condition: Condition): void {
  const where = `${stage.name}/${condition.name}`
  checkWhole(plan, `${where}: consecutive`, condition.consecutive, 1)
  checkWhole(plan, `${where}: holdMs`, condition.holdMs, 0)
  checkWhole(plan, `${where}: tolerance.failures`, condition.tolerance.failures, 0)
  checkWhole(plan, `${where}: tolerance.ms`, condition.tolerance.ms, 0)
  if (condition.deadlineMs !== undefined) {
    checkWhole(plan, `${where}: deadlineMs`, condition.deadlineMs, 0)
  }
  const { question } = condition
  if (question.ask === 'approval') checkWhole(plan, `${where}: count`, question.count, 1)
  if (question.ask === 'elapsed') checkWhole(plan, `${where}: ms`, question.ms, 0)
  if (question.ask === 'instant') checkWhole(plan, `${where}: atMs`, question.atMs, 0)
}

function checkGroups(plan: Plan): void {
  const places = new Map(plan.groups.map((group, place) => [group.name, place]))
  for (const stage of plan.stages) {
    if (stage.group !== undefined && !places.has(stage.group)) {
      const why = `${stage.name} belongs to ${stage.group}, which is no group`
      throw refuse(plan, 'plan-unreachable', why)
    }
  }
  const edges = plan.groups.map((group) =>
    group.needs.map((need) => {
      const place = places.get(need.group)
      if (place === undefined) {
        const why = `group ${group.name} needs ${need.group}, which is no group`
        throw refuse(plan, 'plan-unreachable', why)
      }
      return place
    }),
  )
  const cycle = findCycle(edges)
  if (cycle !== undefined) {
    const path = cycle.map((place) => plan.groups[place]?.name ?? '?').join(' -> ')
    throw refuse(plan, 'plan-cyclic', `groups ${path} wait for each other in a circle`)
  }
}

function checkWhole(plan: Plan, what: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    const why = `${what} is ${value}; a whole number of at least ${minimum} is needed`
    throw refuse(plan, 'plan-unreachable', why)
  }
}

/** Finds a circle in a graph of places: the places along it, the first one again at the end. */
export function findCycle(edges: readonly (readonly number[])[]): readonly number[] | undefined {
  const colour = new Array<'new' | 'open' | 'done'>(edges.length).fill('new')
  for (let root = 0; root < edges.length; root++) {
    if (colour[root] !== 'new') continue
    // A stack of our own, since a plan of ten thousand stages must not overflow the engine's.
    const path: { place: number; next: number }[] = [{ place: root, next: 0 }]
    colour[root] = 'open'
    while (path.length > 0) {
      const top = path[path.length - 1]
      if (top === undefined) break
      const target = edges[top.place]?.[top.next++]
      if (target === undefined) {
        colour[top.place] = 'done'
        path.pop()
      } else if (colour[target] === 'open') {
        const from = path.findIndex((step) => step.place === target)
        return [...path.slice(from).map((step) => step.place), target]
      } else if (colour[target] === 'new') {
        colour[target] = 'open'
        path.push({ place: target, next: 0 })
      }
    }
  }
  return undefined
}

function refuse(plan: Plan, code: FaultCodeName, hint: string): Fault {
  const subject = `${plan.contract.kind.toLowerCase()}/${plan.contract.name}`
  return new Fault({ code, operation: 'check plan', subject, hint })
}
