/** The contracts' expressions, as the engine asks for them. */
import { evaluate } from '../contracts/expression/evaluate.ts'
import { resolveTemplates } from '../contracts/expression/resolve-templates.ts'
import type { Json, JsonObject } from '../core/units/json.ts'
import type { Expressions, Resolution, Scope } from '../seams/expressions.ts'

/** Expressions in CEL. */
export class CelExpressions implements Expressions {
  resolve(template: JsonObject, scope: Scope): Resolution<JsonObject> {
    const result = resolveTemplates(template, scope)
    if (!result.ok) return { ok: false, why: result.problem.sentence }
    // An object stays an object: only the strings in it are replaced.
    return { ok: true, value: result.value as JsonObject }
  }

  evaluate(expression: string, scope: Scope): Resolution<Json> {
    const result = evaluate(expression, scope)
    return result.ok ? result : { ok: false, why: result.problem.sentence }
  }
}
