/** Starts in sentences. */
import type { StartSide } from './transition.ts'

/** `shop/api#1 and shop/api#2`; empty: none is known. */
export function namesOf(sides: readonly StartSide[]): string {
  const names = sides.map(({ instance }) => instance ?? 'the new one')
  const unique = [...new Set(names)]
  const last = unique.pop() ?? ''
  return unique.length === 0 ? last : `${unique.join(', ')} and ${last}`
}

/** The form of a verb that goes with so many. */
export function verb(sides: readonly StartSide[], one: string, many: string): string {
  return sides.length > 1 ? many : one
}
