/** Which ramps are asked for. */
import type { Outcome } from '../core/entry/entry.ts'
import type { RampHead } from './ramp-heads.ts'
import type { RampPhase, RampSummary } from './wire.ts'

/** What a ramp must be to be listed; absent members do not matter. */
export interface RampFilter {
  /** The name of its contract, or its kind and name: `shop`, `Environment/shop`. */
  readonly contract?: string | undefined
  /** What its id or its contract has in it, in any case: `shop`, `environment/sh`. */
  readonly find?: string | undefined
  /** One of these. */
  readonly phase?: RampPhase | readonly RampPhase[] | undefined
  readonly outcome?: Outcome | undefined
  /** Who proposed it. */
  readonly by?: string | undefined
  /** Who owns what caused it to hold or to end as it did. */
  readonly owner?: string | undefined
  /** When its last entry was written, or later. @unit ms since 1970 */
  readonly since?: number | undefined
}

/** Whether nothing is asked for, so that ramps need not be looked at to be listed. */
export function isOpen(filter: RampFilter): boolean {
  return Object.values(filter).every((wanted) => wanted === undefined)
}

/** Whether a ramp may be meant, as far as is known without reading it. */
export function mayMatch(head: RampHead, { contract, phase, find }: RampFilter): boolean {
  const { ramp, name, hadEnded } = head
  if (hadEnded && phase !== undefined && ![phase].flat().includes('ended')) return false
  if (find !== undefined && !isFound({ ramp, name }, find)) return false
  return contract === undefined || contract === name || contract.endsWith(`/${name}`)
}

/** Whether a ramp is meant. */
export function matches(ramp: RampSummary, filter: RampFilter): boolean {
  const { contract, phase, outcome, by, owner, since, find } = filter
  const { kind, name } = ramp.contract
  return (
    (contract === undefined || contract === name || contract === `${kind}/${name}`) &&
    (find === undefined || isFound({ ramp: ramp.ramp, kind, name }, find)) &&
    (phase === undefined || [phase].flat().includes(ramp.phase)) &&
    (outcome === undefined || outcome === ramp.outcome) &&
    (by === undefined || by === ramp.by) &&
    (owner === undefined || owner === ramp.owner) &&
    (since === undefined || ramp.latestMs >= since)
  )
}

/**
 * Whether an id or a contract has it in it. A kind counts only before a slash: alone it is no name, and
 * would find nearly everything. While it is not known, any kind may be meant.
 */
function isFound(
  { ramp, name, kind }: { readonly ramp: string; readonly name: string; readonly kind?: string },
  find: string,
): boolean {
  const wanted = find.toLowerCase()
  const has = (text: string): boolean => text.toLowerCase().includes(wanted)
  if (has(ramp) || has(name)) return true
  const slash = wanted.indexOf('/')
  if (slash < 0) return false
  if (kind !== undefined) return has(`${kind}/${name}`)
  return name.toLowerCase().startsWith(wanted.slice(slash + 1))
}
