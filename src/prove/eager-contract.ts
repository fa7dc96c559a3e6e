/**
 * The contract that a copy is brought up by: the same, watched, with every condition asked much more
 * often than anybody would in earnest, and nothing that acts on a breach. Pure.
 */
import type { Json, JsonObject } from '../core/units/json.ts'

/** How often conditions are asked. */
const EVERY = '200ms'

/** The same contract, watched, with every condition asked often and none let go. */
export function eagerContract(document: Json): Json {
  const { spec, ...rest } = document as JsonObject & { readonly spec: JsonObject }
  const components = Object.entries((spec['components'] ?? {}) as JsonObject).map(
    ([name, component]) => [name, eagerComponent(component as JsonObject)],
  )
  const agree = Array.isArray(spec['agree']) ? { agree: spec['agree'].map(eagerCondition) } : {}
  const watch = { every: EVERY, onBreach: 'record' }
  const eager = { ...spec, ...targetsOf(spec), ...agree, watch }
  return { ...rest, spec: { ...eager, components: Object.fromEntries(components) } }
}

/** Targets that say nothing of how they are watched. */
function targetsOf(spec: JsonObject): JsonObject {
  const targets = spec['targets']
  if (targets === undefined) return {}
  const plain = Object.entries(targets as JsonObject).map(([name, target]) => {
    const { watch, ...rest } = target as JsonObject
    return [name, rest] as const
  })
  return { targets: Object.fromEntries(plain) }
}

function eagerComponent(component: JsonObject): JsonObject {
  // A copy has nothing to be emptied of, and must not stay because it is not empty.
  const { ready, drain, ...rest } = component
  return Array.isArray(ready) ? { ...rest, ready: ready.map(eagerCondition) } : rest
}

function eagerCondition(condition: Json): Json {
  const { watch, every, ...rest } = condition as JsonObject
  return { ...rest, every: { watch: EVERY } }
}
