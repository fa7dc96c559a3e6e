/** The contracts' expressions, as the engine asks for them. */
import { seenByFronts } from '../contracts/environment/roll.ts'
import { type Scope as CelScope, evaluate } from '../contracts/expression/evaluate.ts'
import { resolveTemplates } from '../contracts/expression/resolve-templates.ts'
import type { Json, JsonObject } from '../core/units/json.ts'
import type { Expressions, Resolution, Scope } from '../seams/expressions.ts'

/** Expressions in CEL. */
export class CelExpressions implements Expressions {
  resolve(template: JsonObject, scope: Scope): Resolution<JsonObject> {
    const result = resolveTemplates(template, celScope(scope))
    if (!result.ok) return { ok: false, why: result.problem.sentence }
    // An object stays an object: only the strings in it are replaced.
    return { ok: true, value: result.value as JsonObject }
  }

  evaluate(expression: string, scope: Scope): Resolution<Json> {
    const result = evaluate(expression, celScope(scope))
    return result.ok ? result : { ok: false, why: result.problem.sentence }
  }
}

/** To a contract, a group of stages is a region, and a component is where its front is. */
function celScope({ group, ...scope }: Scope): CelScope {
  const seen = { ...scope, components: seenByFronts(scope.components) }
  return group === undefined ? seen : { ...seen, region: { name: group } }
}
