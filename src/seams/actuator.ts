/** The seam to changing the world. */
import type { CommandAnswer, Purpose } from '../core/entry/entry.ts'
import type { JsonObject } from '../core/units/json.ts'

/** A command to be carried out. */
export interface Order {
  /** `<ramp>/<stage>/<sequence>`: the same command always has the same id. */
  readonly id: string
  readonly ramp: string
  readonly stage: string
  /** The group of the stage, for example a region; absent: none. */
  readonly group?: string
  readonly purpose: Purpose
  readonly operation: string
  /** Every template resolved; may hold secrets, so it is never logged or kept in the ledger. */
  readonly input: JsonObject
  /** Grows with every command of the ramp; an actuator refuses one lower than it has seen. */
  readonly fence: number
  /** What whoever opened the ramp is called: their own name, those of their groups and roles. */
  readonly by?: readonly string[]
  /** Aborted at the command's time-out, or when the ramp no longer wants it done. */
  readonly signal: AbortSignal
}

/** Changes the world. */
export interface Actuator {
  /** The name by which plans call it. */
  readonly name: string
  /**
   * Carries out one order. Idempotent by id: an order repeated after a crash has the effect of one.
   * Never rejects for what the world does; an impossibility is an answer of `failed`. After the
   * signal aborts it settles soon, and a later `undo` of the stage takes back whatever was done.
   */
  run(order: Order): Promise<CommandAnswer>
}
