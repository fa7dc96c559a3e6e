/** Grants while they are typed. Pure. What cannot be typed of one is kept as it was granted. */
import type { Grant, Scope } from '../../server/wire/access.ts'

/** A grant as it is typed. */
export interface GrantDraft {
  readonly role: Grant['role']
  /** Contracts, or regions of an agent, apart by commas; empty: everywhere. */
  readonly where: string
  /** Which contracts carry; shown, and granted again as they are. */
  readonly labels?: Scope['labels']
}

/** What was typed, as a grant. */
export function grantOf({ role, where, labels }: GrantDraft): Grant {
  const names = where
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (role === 'agent') return { role, scope: names.length === 0 ? {} : { regions: names } }
  const contracts = names.length === 0 ? {} : { contracts: names }
  return { role, scope: { ...contracts, ...(labels === undefined ? {} : { labels }) } }
}

/** A grant, to be changed. */
export function draftOf({ role, scope }: Grant): GrantDraft {
  const where = (scope.contracts ?? scope.regions ?? []).join(', ')
  return { role, where, ...(scope.labels === undefined ? {} : { labels: scope.labels }) }
}
