/** What stages, conditions and commands are where a contract says nothing else of them. */
import type { Condition } from '../core/plan/condition.ts'
import type { Stage } from '../core/plan/plan.ts'
import type { JsonObject } from '../core/units/json.ts'

/** All of a stage but its name, its deadline and what it is there for. */
export const PLAIN_STAGE: Omit<Stage, 'name' | 'deadlineMs'> = {
  needs: [],
  gates: [],
  conditions: [],
  guards: [],
  onBreach: 'undo',
  retry: { limit: 0, backoffMs: 0 },
  finishes: false,
  optional: false,
  pivot: false,
}

/** What a command is given for the id of the ramp that it is part of. */
export const THIS_RAMP: string = `\${run.id}`

/** What a probe is asked. */
export interface PlainQuestion {
  readonly probe: string
  readonly input: JsonObject
  /** How long one asking may take. @unit ms */
  readonly timeoutMs: number
}

/** A condition that is met as soon as it has passed once, and is not asked again. */
export function onceCondition(name: string, question: PlainQuestion): Condition {
  return {
    name,
    question: {
      ask: 'probe',
      ...question,
      cadence: { firstMs: 5, mostMs: 100, watchMs: 1_000 },
    },
    consecutive: 1,
    holdMs: 0,
    watch: 'none',
    tolerance: { failures: 0, ms: 0 },
  }
}
