/** Whether a grant reaches further than others do. Pure; in doubt it does, so that somebody is asked. */
import type { Grant, Scope } from '../../server/wire/access.ts'

const RANKS: Readonly<Record<Grant['role'], number>> = {
  viewer: 0,
  operator: 1,
  approver: 2,
  admin: 3,
  agent: 4,
}

/** Whether it lets somebody do what none of the others alone does. */
export function isWider(grant: Grant, others: readonly Grant[]): boolean {
  return !others.some((other) => isWithin(grant, other))
}

function isWithin(inner: Grant, outer: Grant): boolean {
  // An agent may what nobody else may, and nothing of what others may.
  if ((inner.role === 'agent') !== (outer.role === 'agent')) return false
  return RANKS[inner.role] <= RANKS[outer.role] && isNarrower(inner.scope, outer.scope)
}

/** A scope that is absent leaves nothing out: it is within none that is there. */
function isNarrower(inner: Scope, outer: Scope): boolean {
  const { contracts, labels, regions } = inner
  return (
    (outer.contracts === undefined ||
      (contracts?.every((one) => outer.contracts?.some((wide) => covers(wide, one))) ?? false)) &&
    (outer.regions === undefined ||
      (regions?.every((one) => outer.regions?.includes(one)) ?? false)) &&
    (outer.labels === undefined ||
      (labels !== undefined &&
        Object.entries(outer.labels).every(
          ([name, value]) => Object.hasOwn(labels, name) && labels[name] === value,
        )))
  )
}

/** A star stands for any run without a slash, another star among it. */
function covers(wide: string, narrow: string): boolean {
  const parts = wide.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]*')}$`).test(narrow)
}
