/**
 * What differs between two plans: which stages, edges, conditions and commands only one of them has,
 * and what is another value there. Two plans differ in nothing exactly when their digests are equal.
 */
import { compareJson, type JsonDifference } from '../units/compare-json.ts'
import type { Json } from '../units/json.ts'
import type { Plan } from './plan.ts'

/** One thing that is not the same in both. */
export interface PlanChange {
  readonly of: 'plan' | 'group' | 'stage'
  /** Of the stage or the group; absent: it is of the plan as a whole. */
  readonly name?: string
  /** What kind of part it is; `order` where what both have stands in another order. */
  readonly part: 'whole' | 'edge' | 'condition' | 'command' | 'value' | 'order'
  /** Where in it; what has a name of its own is called by it. Empty for the whole of it. */
  readonly path: readonly string[]
  /** Which of the two has it. */
  readonly in: 'first' | 'second' | 'both'
  /** What it is in the first; absent where only the second has it, and for a whole or an order. */
  readonly first?: Json
  readonly second?: Json
}

/** Everything that differs: of the plan, then of its groups, then of its stages. */
export function comparePlans(first: Plan, second: Plan): readonly PlanChange[] {
  const { groups, stages, ...rest } = first
  const { groups: otherGroups, stages: otherStages, ...otherRest } = second
  const differ = (one: unknown, other: unknown): readonly JsonDifference[] =>
    compareJson(one as Json, other as Json)
  return [
    ...differ(rest, otherRest).map((found) => changeOf('plan', found)),
    ...differ(groups, otherGroups).map((found) => namedChange('group', found)),
    ...differ(stages, otherStages).map((found) => namedChange('stage', found)),
  ]
}

const PARTS: Readonly<Record<string, PlanChange['part']>> = {
  needs: 'edge',
  gates: 'condition',
  conditions: 'condition',
  guards: 'condition',
  command: 'command',
  compensation: 'command',
}

/** The first step of the path is the name; without one, it is about all of them. */
function namedChange(of: 'group' | 'stage', found: JsonDifference): PlanChange {
  const [name, ...path] = found.path
  if (name === undefined) return changeOf(of, found)
  if (path.length > 0) return { name, ...changeOf(of, { ...found, path }) }
  const present = found.in === 'order' ? 'both' : found.in
  return { of, name, part: 'whole', path, in: present }
}

function changeOf(of: PlanChange['of'], found: JsonDifference): PlanChange {
  const { in: present, path } = found
  if (present === 'order') return { of, part: 'order', path, in: 'both' }
  const part = of === 'plan' ? 'value' : (PARTS[path[0] ?? ''] ?? 'value')
  return { of, part, ...found, in: present }
}
