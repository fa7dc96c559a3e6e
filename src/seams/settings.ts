/** The seam to a ramp's settings: values from outside that must outlive a crash but not be recorded. */
import type { Plan } from '../core/plan/plan.ts'
import type { JsonObject } from '../core/units/json.ts'

/** The settings of one ramp. */
export interface RampSettings {
  /** Resolved values by name, and `directory`: where relative paths of the contract begin. */
  readonly values: JsonObject
  /** Values that are others in one group of stages, by group. */
  readonly groups?: Readonly<Record<string, JsonObject>>
  /** Names of the values that are secret. */
  readonly secrets: readonly string[]
  /** Facts for `run` in expressions besides the ramp's own, for example `directory`. */
  readonly run: JsonObject
  /** What whoever opened the ramp is called: their own name, those of their groups and roles. */
  readonly by?: readonly string[]
  /** What is opened with the same settings as soon as the ramp has reached its goal. */
  readonly next?: Plan
}

/** Keeps settings for as long as a ramp needs them. */
export interface SettingsStore {
  /** Durable once resolved, readable by the owner alone. Replaces what was kept. */
  keep(ramp: string, settings: RampSettings): Promise<void>
  /** Undefined when nothing is kept for that ramp. */
  load(ramp: string): Promise<RampSettings | undefined>
}
