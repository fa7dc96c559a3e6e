/** Ports that somebody listens on already, or has leased, on this machine and at this moment. */
import { claimsCollide, type PortProtocol } from '../../core/port/port-claim.ts'
import { leastSevere } from '../../core/port/written-claim.ts'
import type { FoundPort } from '../found/found-port.ts'
import { severityOf } from './conflicts.ts'
import type { RawFinding } from './finding.ts'
import { printPort } from './scope-words.ts'

/** Who listens, or who has a lease. */
export interface Listener {
  readonly protocol: PortProtocol
  /** What it is bound to: `127.0.0.1`, `::`. */
  readonly address: string
  readonly port: number
  /** Its process, for people; absent: it may not be looked at. */
  readonly who?: string
  /** To whom it is leased, for people; absent: it was only seen that somebody listens. */
  readonly leasedTo?: string
}

/** Claims of the machine's ports that somebody has. Whether that is who claims it, nobody can tell. */
export function findTaken(
  ports: readonly FoundPort[],
  listeners: readonly Listener[],
): readonly RawFinding[] {
  return ports.flatMap((port): readonly RawFinding[] => {
    if (port.stance !== 'claim' || port.scope !== 'host') return []
    const all = listeners.filter((one) => isInTheWay(port, one))
    // Who has leased it says more than which process listens there, or holds it.
    const listener = all.find(({ leasedTo }) => leasedTo !== undefined) ?? all[0]
    if (listener === undefined) return []
    const { protocol, scope, service } = port
    const span = { first: listener.port, last: listener.port }
    const who = listener.who ?? 'a process of somebody else'
    return [
      {
        ...({ rule: 'taken', ...span, protocol, scope, ports: [port] } as const),
        severity: leastSevere(['warning', severityOf(port)]),
        sentence:
          listener.leasedTo === undefined
            ? `On port ${printPort(span, protocol)}, which ${service} claims, ${who} listens now.`
            : `Port ${printPort(span, protocol)}, which ${service} claims, is leased to ${listener.leasedTo} now.`,
        remedy: `Unless it is ${service} itself, end it or take another port.`,
      },
    ]
  })
}

function isInTheWay(claim: FoundPort, { protocol, address, port }: Listener): boolean {
  if (port < claim.first || port > claim.last) return false
  // Whoever is to choose of a span chooses another one.
  if (claim.instances !== undefined && claim.first !== claim.last) return false
  // What listens on every address of IPv6 usually takes those of IPv4 too; the kernel does not tell.
  const addresses = address === '::' ? ['::', '0.0.0.0'] : [address]
  return claimsCollide(
    { protocol: claim.protocol, addresses: claim.addresses, port },
    { protocol, addresses, port },
  )
}
