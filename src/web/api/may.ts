/**
 * What the reader may do, as far as the page can tell, so that nobody is offered what will be refused.
 * The server decides in any case; where it names nobody, everybody is its owner.
 */
import type { Grant, IdentityView, Role } from '../../server/wire/access.ts'

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, approver: 2, admin: 3 }

interface Contract {
  readonly kind: string
  readonly name: string
}

/** Whether they may speak to ramps of a contract. */
export function mayOperate(me: IdentityView | undefined, contract: Contract): boolean {
  if (me === undefined) return true
  return me.grants.some((grant) => isEnough(grant, 'operator') && covers(grant, contract))
}

/** Whether they are an approver there; whether a ramp counts their word is the server's to say. */
export function mayApprove(me: IdentityView | undefined, contract: Contract): boolean {
  if (me === undefined) return true
  return me.grants.some((grant) => isEnough(grant, 'approver') && covers(grant, contract))
}

/** Whether they may manage who may do what: that is over everything at once, so no scope gives it. */
export function mayManage(me: IdentityView | undefined): boolean {
  if (me === undefined) return true
  return me.grants.some(
    (grant) => isEnough(grant, 'admin') && Object.values(grant.scope).every(isAbsent),
  )
}

function isAbsent(narrowing: unknown): boolean {
  return narrowing === undefined
}

function isEnough({ role }: Grant, wanted: Role): boolean {
  return role !== 'agent' && RANKS[role] >= RANKS[wanted]
}

/** Labels are unknown here, so a scope by labels is given the benefit of the doubt. */
function covers({ scope }: Grant, contract: Contract): boolean {
  if (scope.contracts === undefined) return true
  const name = `${contract.kind}/${contract.name}`
  return scope.contracts.some((pattern) => patternOf(pattern).test(name))
}

function patternOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
