/**
 * Which connections would show whether a machine does what contracts say: to every port that a service
 * listens on now, from users whom a rule lets in and from one whom it does not. Tries nothing itself.
 */
import type { PortsContract } from '../../contracts/ports/definition.ts'
import { matchesCertificateName } from '../../core/port/certificate-name.ts'
import type { ClientIdentity } from '../../core/port/connect-policy.ts'
import { matchesWord } from '../../core/port/match-word.ts'
import { rulesFor } from '../../core/port/may-connect.ts'
import { claimsCollide, reachedBy } from '../../core/port/port-claim.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { SocketRow } from '../../seams/kernel-processes.ts'
import { admittedBy, evidenceOf } from './admitted.ts'
import type { CertificateAtHand } from './certificate-at-hand.ts'
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
  /** Whether the front ends TLS, and what is shown to it. */
  readonly tls?: { readonly shown?: CertificateAtHand }
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

/** What trials are made with. */
export interface TrialMeans {
  readonly listeners: readonly SocketRow[]
  readonly atHand?: CertificateAtHand | undefined
}

/** `nobody` of most systems. */
const NOBODY = 65_534

/**
 * Plans trials for what is leased now, at the addresses where the kernel says that somebody listens.
 *
 * @param atHand a certificate to show to fronts that ask for one
 */
export function trialsOf(
  contracts: readonly PortsContract[],
  leases: readonly PortLease[],
  { listeners, atHand }: TrialMeans,
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
    return addressesOf(lease, listeners).flatMap((address) => {
      const where = {
        to: `${owner.service} ${owner.port}`,
        address,
        port: claim.port,
        seenBy: front ?? ('kernel' as const),
        ...(lease.tls === undefined ? {} : { tls: {} }),
      }
      const byUser = everyUser.map(
        (user): Trial => ({
          ...where,
          user,
          who: clients.find((client) => client.users.includes(user))?.service ?? 'a stranger',
          isAllowed: admitted.isEverybody || letIn.has(user),
        }),
      )
      if (atHand === undefined || lease.tls?.clientCa === undefined) return byUser
      const isAllowed = admitted.isEverybody || admitted.clients.some((one) => isMeant(one, atHand))
      const who = clients.find((one) => isMeant(one, atHand))?.service ?? 'a stranger'
      const user = strangerTo(users)
      return [...byUser, { ...where, tls: { shown: atHand }, user, who, isAllowed }]
    })
  })
  const silent = judged
    .filter((lease) => addressesOf(lease, listeners).length === 0)
    .map(({ owner, claim }) => `nobody listens on ${claim.port} where ${owner.service} should`)
  const isShown = (client: ClientIdentity): boolean =>
    trials.some(({ tls }) => tls?.shown !== undefined && isMeant(client, tls.shown))
  const userless = clients
    .filter((client) => client.users.length === 0 && !isShown(client))
    .map((client) => `${client.service} is known by ${evidenceOf(client)}, not by a user`)
  const unshown = clients
    .filter((client) => client.mtls.length > 0 && !isShown(client))
    .map(
      ({ service }) =>
        `no certificate of ${service} was shown to a front that asks for one (--certificate, --key)`,
    )
  const byUdp = datagrams(leases.filter(({ owner }) => rulesFor(policies, owner).length > 0))
  const untried = [...unheard(contracts, leases), ...byUdp, ...silent, ...userless, ...unshown]
  return { trials, untried }
}

/** Nothing tells a datagram that was refused from one that nobody answers. */
function datagrams(judged: readonly PortLease[]): readonly string[] {
  return judged
    .filter((lease) => isServing(lease) && lease.claim.protocol === 'udp')
    .map(({ owner, claim }) => {
      return `${owner.service} ${owner.port} has ${claim.port}/udp, and only TCP is tried`
    })
}

function isMeant({ mtls }: ClientIdentity, { names }: CertificateAtHand): boolean {
  return mtls.some((pattern) => names.some((name) => matchesCertificateName(pattern, name)))
}

function addressesOf({ claim }: PortLease, listeners: readonly SocketRow[]): readonly string[] {
  const heard = listeners.filter(({ protocol, port, address }) =>
    claimsCollide(claim, { protocol, port, addresses: [address] }),
  )
  return [...new Set(heard.map(({ address }) => reachedBy(address)))].sort()
}

/** Patterns to which nobody listens now. */
function unheard(
  contracts: readonly PortsContract[],
  leases: readonly PortLease[],
): readonly string[] {
  const listening = leases.filter(isServing)
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
function isListening(lease: PortLease): boolean {
  return lease.claim.protocol === 'tcp' && isServing(lease)
}

function isServing({ state }: Pick<PortLease, 'state'>): boolean {
  return state === 'ready' || state === 'active'
}

function strangerTo(users: readonly number[]): number {
  const known = new Set(users)
  let user = NOBODY
  while (known.has(user)) user -= 1
  return user
}
