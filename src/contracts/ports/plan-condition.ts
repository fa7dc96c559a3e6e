/** The conditions of Ports plans: all of them ask the probe `ports`. */
import type { Condition } from '../../core/plan/condition.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { onceCondition } from '../plain-stage.ts'

/** How long one asking may take. @unit ms */
const TIMEOUT_MS = 5_000

/** A condition that is met as soon as it has passed once. */
export function portsCondition(name: string, input: JsonObject): Condition {
  return onceCondition(name, { probe: 'ports', input, timeoutMs: TIMEOUT_MS })
}
