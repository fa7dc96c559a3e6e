/**
 * What it is when others serve behind a front than before, and how those part with their ports who serve
 * no more: by the rules that are in force at this moment, of the contracts that granted the ports.
 */
import type { EnforcedPorts } from '../../core/port/enforced-ports.ts'
import {
  eventOf,
  type OwnParting,
  type Parting,
  partingOf,
  without,
} from '../../core/port/parting.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { type PortTransition, transitionFor } from '../../core/port/port-transition.ts'
import { describeDuration, printDuration } from '../../core/units/duration.ts'

/** Traffic that is to be moved. */
export interface ChangeOfHands {
  /** Who serves now, and who is to serve. */
  readonly before: readonly PortLease[]
  readonly after: readonly PortLease[]
  /** What the component says itself. */
  readonly own: OwnParting
  readonly enforced: Pick<EnforcedPorts, 'of'>
  readonly nowMs: number
}

/**
 * Why it comes too late: a rule says how long all of it may take, and so long ago the first of those who
 * come was given a port. A deadline that is not written is none: a component has its own.
 */
export function latenessOf(change: ChangeOfHands): string | undefined {
  const { before, after, enforced } = change
  const event = eventOf(before, after)
  const [first] = without(after, before)
  if (event === undefined || first === undefined) return undefined
  const rule = transitionFor(first, event, enforced)
  const leftMs = leftOf(change, rule)
  if (rule === undefined || leftMs === undefined || leftMs > 0) return undefined
  const took = describeDuration(rule.deadlineMs - leftMs)
  const may = printDuration(rule.deadlineMs)
  return `It took ${took} until others are proved, and a ${event} may take ${may}, as ${first.rule.contract} says; who served serves on.`
}

/** How one of those parts with its port who serve no more; undefined: nobody comes or goes. */
export function partingIn(change: ChangeOfHands, lease: PortLease): Parting | undefined {
  const { before, after, own, enforced } = change
  const event = eventOf(before, after)
  if (event === undefined) return undefined
  const rule = transitionFor(lease, event, enforced)
  const { contract } = lease.rule
  return partingOf({ event, rule, contract, own, leftMs: leftOf(change, rule) })
}

/** What is left of the time that a rule gives to all of it; undefined: it says nothing of that. */
function leftOf(
  { before, after, nowMs }: ChangeOfHands,
  rule: PortTransition | undefined,
): number | undefined {
  if (rule?.says?.includes('deadline') !== true) return undefined
  const begunMs = Math.min(nowMs, ...without(after, before).map(({ grantedAtMs }) => grantedAtMs))
  return rule.deadlineMs - (nowMs - begunMs)
}
