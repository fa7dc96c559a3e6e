/** The least expressions that a simulation needs: `${settings.password}`, and `evidence.ok` as `when`. */
import type { Json, JsonObject } from '../../../src/core/units/json.ts'
import type { Expressions, Resolution, Scope } from '../../../src/seams/expressions.ts'

/** Resolves one template and one expression. */
export class SimulatedExpressions implements Expressions {
  resolve(template: JsonObject, scope: Scope): Resolution<JsonObject> {
    const password = String(scope.settings['password'] ?? '')
    const value: Record<string, Json> = {}
    for (const [key, member] of Object.entries(template)) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template of contracts
      value[key] = member === '${settings.password}' ? password : member
    }
    return { ok: true, value }
  }

  evaluate(expression: string, scope: Scope): Resolution<Json> {
    if (expression === 'evidence.ok') return { ok: true, value: scope.evidence?.['ok'] === true }
    return { ok: false, why: `${expression} is unknown.` }
  }
}
