/** Short words for plans written by hand in tests; whatever is left out has its documented default. */
import type { Condition } from '../../src/core/plan/condition.ts'
import type { Command, Group, Plan, Stage } from '../../src/core/plan/plan.ts'
import type { ProbeQuestion, Question } from '../../src/core/plan/question.ts'
import { digestOfText } from '../../src/core/units/digest.ts'
import type { JsonObject } from '../../src/core/units/json.ts'

/** A plan of these stages. */
export function planOf(
  stages: readonly Stage[],
  rest: {
    readonly kind?: string
    readonly name?: string
    readonly goal?: string
    readonly groups?: readonly Group[]
    readonly retryBudget?: number
  } = {},
): Plan {
  const { kind = 'Environment', name = 'shop', goal = 'up', groups = [], retryBudget = 10 } = rest
  const digest = digestOfText(`${kind}/${name}`)
  return {
    planVersion: 1,
    contract: { kind, name, digest },
    goal,
    groups,
    stages,
    retryBudget,
  }
}

/** A stage; needs may be given as `db` (until ready) or `db:started`. */
export function stageOf(
  name: string,
  rest: Partial<Omit<Stage, 'needs'>> & { readonly needs?: readonly string[] } = {},
): Stage {
  const { needs = [], ...fields } = rest
  return {
    name,
    gates: [],
    conditions: [],
    guards: [],
    deadlineMs: 60_000,
    onBreach: 'undo',
    retry: { limit: 0, backoffMs: 100 },
    finishes: false,
    optional: false,
    pivot: false,
    ...fields,
    needs: needs.map((need) => {
      const [stage = '', until = 'ready'] = need.split(':')
      return { stage, until: until as 'ready' }
    }),
  }
}

/** A condition of any question. */
export function conditionOf(
  name: string,
  question: Question,
  rest: Partial<Condition> = {},
): Condition {
  return {
    name,
    question,
    consecutive: 1,
    holdMs: 0,
    watch: 'ramp',
    tolerance: { failures: 0, ms: 0 },
    ...rest,
  }
}

/** A question for a probe. */
export function probeOf(
  probe: string,
  input: JsonObject = {},
  rest: Partial<ProbeQuestion> = {},
): ProbeQuestion {
  const cadence = { firstMs: 20, mostMs: 500, watchMs: 2_000 }
  return { ask: 'probe', probe, input, timeoutMs: 1_000, cadence, ...rest }
}

/** A condition asked of a probe. */
export function probed(
  name: string,
  input: JsonObject = {},
  rest: Partial<Condition> & { readonly probe?: string } = {},
): Condition {
  const { probe = 'world', ...fields } = rest
  return conditionOf(name, probeOf(probe, input), fields)
}

/** A command for the actuator of the simulated world. */
export function commandOf(operation: string, input: JsonObject = {}, timeoutMs = 10_000): Command {
  return { actuator: 'world', operation, input, timeoutMs }
}
