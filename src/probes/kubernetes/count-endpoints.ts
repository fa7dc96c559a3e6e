/** Counts who is ready behind a Service, from its EndpointSlices. */
import type { JsonObject } from '../../core/units/json.ts'
import { valueAt } from '../exchange/json-path.ts'
import { objectsAt, textAt } from './status/object-fields.ts'

/** Who is behind a Service. */
export interface EndpointCount {
  /** Ready in every address family that has slices. */
  readonly ready: number
  /** There, ready or not. */
  readonly known: number
  readonly slices: number
}

/**
 * Counts each endpoint once, however many slices and families it is in. An endpoint that does not say
 * whether it is ready is ready, as the API has it.
 */
export function countEndpoints(slices: readonly JsonObject[]): EndpointCount {
  const readyOf = new Map<string, Set<string>>()
  const known = new Set<string>()
  for (const slice of slices) {
    const family = textAt(slice, 'addressType')
    const ready = readyOf.get(family) ?? new Set<string>()
    readyOf.set(family, ready)
    for (const endpoint of objectsAt(slice, 'endpoints')) {
      const name = nameOf(endpoint)
      known.add(name)
      if (valueAt(endpoint, 'conditions.ready') !== false) ready.add(name)
    }
  }
  const counts = [...readyOf.values()].map(({ size }) => size)
  const ready = counts.length === 0 ? 0 : Math.min(...counts)
  return { ready, known: known.size, slices: slices.length }
}

/** The pod rather than its address, so that one with two families counts once. */
function nameOf(endpoint: JsonObject): string {
  const uid = textAt(endpoint, 'targetRef.uid')
  if (uid !== '') return uid
  const address = valueAt(endpoint, 'addresses.0')
  return typeof address === 'string' ? address : JSON.stringify(endpoint)
}
