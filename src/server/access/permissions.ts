/**
 * Who may do what: one table from permissions to roles, and the reading of scopes. Pure, so that the
 * whole of it can be tested by itself. It never looks at requests; routes name a permission each.
 */
import type { Grant, Role, Scope } from '../wire/access.ts'

/** What a route asks of whoever calls it. `open`: nothing; `self`: only to be somebody. */
export type Permission =
  | 'ramps.read'
  | 'ramps.operate'
  | 'ramps.approve'
  | 'contracts.read'
  | 'contracts.apply'
  | 'contracts.approve'
  | 'ledger.read'
  | 'metrics.read'
  | 'access.manage'
  | 'webhooks.manage'
  | 'ports.read'
  | 'ports.explain'
  | 'ports.claim'
  | 'agents.read'
  | 'agents.work'
  | 'daemon.manage'
  | 'open'
  | 'self'

/** What a permission is over. */
export interface PermissionRule {
  /** Who has it. */
  readonly roles: readonly Grant['role'][]
  /**
   * `contract`: over each contract by itself, so a scope narrows it. `whole`: over everything at once,
   * so only a grant without a scope gives it. `any`: over no contract, so every grant gives it.
   */
  readonly over: 'contract' | 'whole' | 'any'
}

const VIEWERS: readonly Role[] = ['viewer', 'operator', 'approver', 'admin']
const OPERATORS: readonly Role[] = ['operator', 'approver', 'admin']
const APPROVERS: readonly Role[] = ['approver', 'admin']
const ADMINS: readonly Role[] = ['admin']

/** Every permission that is asked of a role. */
export const PERMISSIONS: Readonly<Record<Exclude<Permission, 'open' | 'self'>, PermissionRule>> = {
  'ramps.read': { roles: VIEWERS, over: 'contract' },
  'ramps.operate': { roles: OPERATORS, over: 'contract' },
  'ramps.approve': { roles: APPROVERS, over: 'contract' },
  'contracts.read': { roles: VIEWERS, over: 'contract' },
  'contracts.apply': { roles: OPERATORS, over: 'contract' },
  'contracts.approve': { roles: APPROVERS, over: 'contract' },
  // The ledger is one chain over all contracts; a part of it cannot be proved by itself.
  'ledger.read': { roles: VIEWERS, over: 'whole' },
  'metrics.read': { roles: VIEWERS, over: 'whole' },
  'access.manage': { roles: ADMINS, over: 'whole' },
  'webhooks.manage': { roles: ADMINS, over: 'whole' },
  'ports.read': { roles: VIEWERS, over: 'contract' },
  'ports.explain': { roles: VIEWERS, over: 'whole' },
  'ports.claim': { roles: OPERATORS, over: 'contract' },
  'agents.read': { roles: VIEWERS, over: 'any' },
  'agents.work': { roles: ['agent'], over: 'any' },
  'daemon.manage': { roles: ADMINS, over: 'whole' },
}

/** A contract, as far as scopes speak of it. */
export interface Resource {
  readonly kind: string
  readonly name: string
  /** Absent: not known, so no scope by labels holds. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** Who is granted what. */
export interface Granted {
  readonly grants: readonly Grant[]
}

/**
 * Whether somebody may do something. Without a resource: whether they may do it to anything at all;
 * what follows must then be judged, or filtered, contract by contract.
 */
export function mayDo(who: Granted, permission: Permission, resource?: Resource): boolean {
  if (permission === 'open' || permission === 'self') return true
  const { roles, over } = PERMISSIONS[permission]
  return who.grants.some(({ role, scope }) => {
    if (!roles.includes(role)) return false
    if (over === 'any') return true
    if (over === 'whole') return isWhole(scope)
    return resource === undefined || isWithin(scope, resource)
  })
}

/** The least role that gives a permission over something, in words: `operator for Environment/shop`. */
export function leastRoleFor(
  permission: Exclude<Permission, 'open' | 'self'>,
  subject: string,
): string {
  const { roles, over } = PERMISSIONS[permission]
  const [role = 'admin'] = roles
  if (over === 'whole') return `${role} without a scope`
  // Whoever was refused everything of that sort asked by the address of a request.
  return subject.startsWith('/') ? role : `${role} for ${subject}`
}

/** Whether an agent may work for a region. */
export function mayServe({ grants }: Granted, region: string): boolean {
  return grants.some(
    ({ role, scope }) => role === 'agent' && (scope.regions?.includes(region) ?? true),
  )
}

/** Whether a scope leaves nothing out. */
export function isWhole({ contracts, labels, regions }: Scope): boolean {
  return contracts === undefined && labels === undefined && regions === undefined
}

/** Whether a contract is in a scope: by name and by labels, where it names both. */
export function isWithin({ contracts, labels, regions }: Scope, resource: Resource): boolean {
  if (regions !== undefined) return false
  const called = `${resource.kind}/${resource.name}`
  const isNamed = contracts?.some((pattern) => matchesPattern(pattern, called)) ?? true
  return (
    isNamed && Object.entries(labels ?? {}).every(([key, value]) => hasLabel(resource, key, value))
  )
}

/** Whether `*` for any run of characters but `/` makes the pattern read as the text. */
export function matchesPattern(pattern: string, text: string): boolean {
  const wanted = pattern.split('/')
  const found = text.split('/')
  return (
    wanted.length === found.length && wanted.every((part, at) => matchesPart(part, found[at] ?? ''))
  )
}

function hasLabel({ labels }: Resource, key: string, value: string): boolean {
  return labels !== undefined && Object.hasOwn(labels, key) && labels[key] === value
}

/** Piece by piece, each as early as it can stand: no pattern takes longer than its length allows. */
function matchesPart(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === text
  const last = rest.pop() ?? ''
  if (text.length < first.length + last.length) return false
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  const end = text.length - last.length
  let at = first.length
  for (const piece of rest) {
    const place = text.indexOf(piece, at)
    if (place < 0 || place + piece.length > end) return false
    at = place + piece.length
  }
  return true
}
