/** What the machine says that bears on which port can be given. */
import type { PortSpan } from './machine-facts.ts'
import type { PortThief } from './port-lease.ts'

/** What the kernel refused lately, and whom it has there. */
export interface KernelRefusal {
  /** The system's name of it: `EADDRINUSE`, `EACCES`. */
  readonly error: string
  readonly holder?: PortThief
  /** One sentence when nobody listens, and it is refused all the same. */
  readonly sentence?: string
}

/** What bears on a choice, at one instant. */
export interface PortCircumstances {
  /** From where outgoing connections are given their ports; undefined: not known. */
  readonly ephemeral: PortSpan | undefined
  /** Ports that outgoing connections are never given. @source ip-sysctl, ip_local_reserved_ports */
  readonly reserved: ReadonlySet<number>
  /** By protocol and port, as `tcp/15000`. */
  readonly refused: ReadonlyMap<string, KernelRefusal>
}

/** Whether an outgoing connection may be given this port at any time. */
export function isEphemeral(
  port: number,
  { ephemeral, reserved }: Pick<PortCircumstances, 'ephemeral' | 'reserved'>,
): boolean {
  if (ephemeral === undefined || reserved.has(port)) return false
  return port >= ephemeral.first && port <= ephemeral.last
}

/** What to do about a port that outgoing connections may be given. */
export function printEphemeral(port: number, { first, last }: PortSpan): string {
  return (
    `${port} lies in ${first}-${last}, from where the kernel gives ports to outgoing connections: ` +
    'one of them may have it at any time. Choose one below, or add it to ' +
    'net.ipv4.ip_local_reserved_ports with sysctl (as root).'
  )
}
