/** What the expressions of a stage may refer to, as far as the ramp's own state tells. */
import type { JsonObject } from '../units/json.ts'
import { type RampState, type StageState, stageNamed } from './state.ts'

/** What a stage may refer to. */
export interface StageScope {
  /** The outputs of the stage itself. */
  readonly self: JsonObject
  /** The group it belongs to. */
  readonly group?: string
  /**
   * The outputs of every stage, its evidence merged in, by its name. A stage called `<group>/<name>`
   * is also called `<name>` by those of its group.
   */
  readonly components: Readonly<Record<string, JsonObject>>
}

/** What the expressions of a stage may refer to. */
export function outputsFor(state: RampState, stage: string): StageScope {
  const view = stageNamed(state, stage)
  const group = view?.stage.group
  const prefix = `${group}/`
  const components: Record<string, JsonObject> = {}
  for (const now of state.stages) {
    const outputs = outputsOf(now)
    components[now.name] = outputs
    if (group !== undefined && now.name.startsWith(prefix)) {
      components[now.name.slice(prefix.length)] = outputs
    }
  }
  const self = view?.now.outputs ?? {}
  return { self, ...(group === undefined ? {} : { group }), components }
}

function outputsOf(now: StageState): JsonObject {
  const evidence: Record<string, JsonObject[string]> = {}
  for (const condition of now.conditions) Object.assign(evidence, condition.lastAnswer?.evidence)
  return { ...now.outputs, evidence }
}
