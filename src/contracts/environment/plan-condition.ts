/** A condition of an environment as its plans hold it. */
import type { Condition } from '../../core/plan/condition.ts'
import type { ComparedQuestion } from '../../core/plan/question.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { probeInputs } from '../probes/index.ts'
import { startsOf } from './copies.ts'
import { folder } from './plan-commands.ts'
import type { ReadyCondition } from './ready-condition.ts'
import type { Placement } from './region.ts'

/** The input with its path, if it has one, counted from the contract's folder. */
function placedInput({ probe, input }: ReadyCondition): JsonObject {
  if (probe === 'agree') return input
  const { path: member } = probeInputs[probe]
  if (member === undefined) return input
  const path = input[member] ?? '.'
  const isPlaced = typeof path !== 'string' || path.startsWith('/') || path.startsWith('${')
  return isPlaced ? input : { ...input, [member]: folder(path) }
}

/** The condition; `among` is what it compares, if it does. */
export function conditionOf(
  condition: ReadyCondition,
  among: readonly ComparedQuestion[] = [],
): Condition {
  const { probe, when, timeoutMs, cadence } = condition
  const { name, owner, consecutive, holdMs, deadlineMs, onBreach, watch, tolerance } = condition
  return {
    name,
    ...(owner === undefined ? {} : { owner }),
    question: {
      ask: 'probe',
      probe,
      input: placedInput(condition),
      ...(when === undefined ? {} : { when }),
      timeoutMs,
      cadence,
      ...(among.length === 0 ? {} : { among }),
    },
    consecutive,
    holdMs,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(onBreach === undefined ? {} : { onBreach }),
    watch,
    tolerance,
  }
}

/** The same condition of a component in every region that has it, and of every copy there. */
export function comparedIn(
  { of }: ReadyCondition,
  placements: readonly Placement[],
): readonly ComparedQuestion[] {
  return placements.flatMap(({ stage, region, component }) => {
    if (of === undefined || region === undefined || component.name !== of.component) return []
    const condition = component.ready.find(({ name }) => name === of.condition)
    if (condition === undefined) return []
    const { probe } = condition
    const input = placedInput(condition)
    return startsOf({ stage, component }).map(({ stage: start, copy }) => ({
      name: copy === undefined ? region : `${region}/${copy}`,
      stage: start,
      probe,
      input,
    }))
  })
}
