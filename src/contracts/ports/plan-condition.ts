/** The conditions of Ports plans: all of them ask the probe `ports`. */
import type { Condition } from '../../core/plan/condition.ts'
import type { JsonObject } from '../../core/units/json.ts'

/** How long one asking may take. @unit ms */
const TIMEOUT_MS = 5_000

/** A condition that is met as soon as it has passed once. */
export function portsCondition(name: string, input: JsonObject): Condition {
  return {
    name,
    question: {
      ask: 'probe',
      probe: 'ports',
      input,
      timeoutMs: TIMEOUT_MS,
      cadence: { firstMs: 5, mostMs: 100, watchMs: 1_000 },
    },
    consecutive: 1,
    holdMs: 0,
    watch: 'none',
    tolerance: { failures: 0, ms: 0 },
  }
}
