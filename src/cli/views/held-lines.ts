/** What to type next about a ramp that holds. */
import type { RampState } from '../../core/ramp/state.ts'

/** The commands; empty where it does not hold. */
export function heldLines({ ramp, held, direction, stages }: RampState): readonly string[] {
  if (held === undefined) return []
  const next = `Next: rampart resume ${ramp}, rampart abort ${ramp}`
  const failed = direction === 'forward' ? stages.filter(({ phase }) => phase === 'failed') : []
  const [first] = failed
  if (first === undefined || failed.length === 1) return [next]
  const names = failed.map(({ name }) => name).join(', ')
  return [next, `To try one of ${names} alone: rampart resume ${ramp} --stage ${first.name}`]
}
