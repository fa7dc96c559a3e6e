/** What the expressions of a stage may refer to, as far as the ramp's own state tells. */
import type { JsonObject } from '../units/json.ts'
import { type RampState, stageNamed } from './state.ts'

/** The outputs of every stage, its evidence merged in, and those of one stage as `self`. */
export function outputsFor(
  state: RampState,
  stage: string,
): { readonly self: JsonObject; readonly components: Readonly<Record<string, JsonObject>> } {
  const components: Record<string, JsonObject> = {}
  for (const now of state.stages) {
    const evidence: Record<string, JsonObject[string]> = {}
    for (const condition of now.conditions) Object.assign(evidence, condition.lastAnswer?.evidence)
    components[now.name] = { ...now.outputs, evidence }
  }
  return { self: stageNamed(state, stage)?.now.outputs ?? {}, components }
}
