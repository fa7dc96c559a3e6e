/**
 * Which connections would show whether a machine does what contracts say: to every port that a service
 * listens on now, from users whom a rule lets in and from one whom it does not. Tries nothing itself.
 */
import type { PortsContract } from '../../contracts/ports/definition.ts'
import { matchesWord } from '../../core/port/match-word.ts'
import { rulesFor } from '../../core/port/may-connect.ts'
import { claimsCollide } from '../../core/port/port-claim.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { SocketRow } from '../../seams/kernel-processes.ts'
import { admittedBy, evidenceOf } from './admitted.ts'
import { policiesOf } from './printed-policy.ts'

/** How it is seen whether somebody was let in: by the kernel alone, or also by what a front does. */
export type SeenBy = 'kernel' | 'tcp' | 'http'

/** One connection. */
export interface Trial {
  /** The target: `shop/api http`. */
  readonly to: string
  readonly address: string
  readonly port: number
  readonly seenBy: SeenBy
  readonly user: number
  /** Who that is: a service, or a stranger. */
  readonly who: string
  readonly isAllowed: boolean
}

/** What is to be tried, and what cannot be. */
export interface Trials {
  readonly trials: readonly Trial[]
  readonly untried: readonly string[]
}

/** `nobody` of most systems. */
const NOBODY = 65_534

/** Plans trials for what is leased now, at the addresses where the kernel says that somebody listens. */
export function trialsOf(
  contracts: readonly PortsContract[],
  leases: readonly PortLease[],
  listeners: readonly SocketRow[],
): Trials {
  const policies = policiesOf(contracts)
  const clients = policies.flatMap((policy) => policy.clients)
  const users = [...new Set(clients.flatMap((client) => client.users))].sort((a, b) => a - b)
  const everyUser = [...users, strangerTo(users)]
  const judged = leases
    .filter(isListening)
    .filter(({ owner }) => rulesFor(policies, owner).length > 0)
  const trials = judged.flatMap((lease) => {
    const { owner, front, claim } = lease
    const admitted = admittedBy(rulesFor(policies, owner), policies)
    const letIn = new Set(admitted.clients.flatMap((client) => client.users))
    return addressesOf(lease, listeners).flatMap((address) =>
      everyUser.map(
        (user): Trial => ({
          to: `${owner.service} ${owner.port}`,
          address,
          port: claim.port,
          seenBy: front ?? 'kernel',
          user,
          who: clients.find((client) => client.users.includes(user))?.service ?? 'a stranger',
          isAllowed: admitted.isEverybody || letIn.has(user),
        }),
      ),
    )
  })
  const silent = judged
    .filter((lease) => addressesOf(lease, listeners).length === 0)
    .map(({ owner, claim }) => `nobody listens on ${claim.port} where ${owner.service} should`)
  const userless = clients
    .filter((client) => client.users.length === 0)
    .map((client) => `${client.service} is known by ${evidenceOf(client)}, not by a user`)
  return { trials, untried: [...unheard(contracts, leases), ...silent, ...userless] }
}

function addressesOf({ claim }: PortLease, listeners: readonly SocketRow[]): readonly string[] {
  const heard = listeners.filter(({ protocol, port, address }) =>
    claimsCollide(claim, { protocol, port, addresses: [address] }),
  )
  return [...new Set(heard.map(({ address }) => reachable(address)))].sort()
}

/** Patterns to which nobody listens now. */
function unheard(
  contracts: readonly PortsContract[],
  leases: readonly PortLease[],
): readonly string[] {
  const listening = leases.filter(isListening)
  const rules = contracts.flatMap(({ definition }) => definition.connect)
  const missing = rules.flatMap(({ to, ports }) =>
    to.flatMap((pattern) => {
      const isHeard = ({ owner }: PortLease): boolean =>
        matchesWord(pattern, owner.service) && (ports === undefined || ports.includes(owner.port))
      if (listening.some(isHeard)) return []
      const which = ports === undefined ? '' : ` (${ports.join(', ')})`
      return [`no service listens now as ${pattern}${which}`]
    }),
  )
  return [...new Set(missing)]
}

/** A socket that only holds a port would fill up with trials, and UDP answers nobody. */
function isListening({ state, claim }: PortLease): boolean {
  return claim.protocol === 'tcp' && (state === 'ready' || state === 'active')
}

function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}

function strangerTo(users: readonly number[]): number {
  const known = new Set(users)
  let user = NOBODY
  while (known.has(user)) user -= 1
  return user
}
