/** The seam to expressions: `${…}` templates and `when`, resolved at the rim just before use. */
import type { Json, JsonObject } from '../core/units/json.ts'

/** What expressions may refer to. */
export interface Scope {
  /** What the stage's own command put out. */
  readonly self: JsonObject
  /**
   * What each command put out, and `evidence` merged from its conditions: by the stage's name, and
   * for stages of one group also by the name within the group.
   */
  readonly components: Readonly<Record<string, JsonObject>>
  /** The group of the stage, if it has one. */
  readonly group?: string
  /** The settings as they are for the stage; may hold secrets. */
  readonly settings: JsonObject
  /** `id`, `goal`, `directory` and the like. */
  readonly run: JsonObject
  /** What a probe has just seen; only for `when`. */
  readonly evidence?: JsonObject
}

/** A value, or a sentence why there is none. */
export type Resolution<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly why: string }

/** Resolves expressions. Pure: the same input and scope give the same result. */
export interface Expressions {
  /** The same JSON with every template in every string replaced by its value. */
  resolve(template: JsonObject, scope: Scope): Resolution<JsonObject>
  /** The value of one expression. */
  evaluate(expression: string, scope: Scope): Resolution<Json>
}
