/** Ports that something else than another program speaks against. */
import { BROWSER_BLOCKED } from '../../core/port/browser-blocked.ts'
import { commonSpan, type PortSpan, printSpan } from '../../core/port/machine-facts.ts'
import { leastSevere } from '../../core/port/written-claim.ts'
import type { FoundPort } from '../found/found-port.ts'
import { severityOf } from './conflicts.ts'
import type { RawFinding } from './finding.ts'
import { printPort } from './scope-words.ts'

/** Claims on a machine's ports that the kernel may have given to an outgoing connection by then. */
export function findEphemeral(
  ports: readonly FoundPort[],
  ephemeral: PortSpan,
): readonly RawFinding[] {
  return ports.flatMap((port) => {
    const common = commonSpan(port, ephemeral)
    if (common === undefined || !isOfMachine(port)) return []
    const { protocol, scope, service } = port
    return [
      {
        ...({ rule: 'ephemeral', ...common, protocol, scope, ports: [port] } as const),
        severity: leastSevere(['warning', severityOf(port)]),
        sentence: `Port ${printPort(common, protocol)} of ${service} is one of ${printSpan(ephemeral)}, which the kernel gives to outgoing connections.`,
        remedy: `Take one below ${ephemeral.first}, or keep it free by net.ipv4.ip_local_reserved_ports.`,
      },
    ]
  })
}

/** What browsers are meant to open, and will not. */
export function findBrowserBlocked(ports: readonly FoundPort[]): readonly RawFinding[] {
  return ports.flatMap((port) => {
    const { first, last, protocol, scope, service } = port
    if (port.isHttp !== true || first !== last || !BROWSER_BLOCKED.includes(first)) return []
    if (!isOfMachine(port)) return []
    return [
      {
        ...({ rule: 'browser-blocked', first, last, protocol, scope, ports: [port] } as const),
        severity: leastSevere(['warning', severityOf(port)]),
        sentence: `Browsers refuse to connect to port ${first}, on which ${service} listens.`,
        remedy: 'Take another one; the list is that of the Fetch standard.',
      },
    ]
  })
}

/** Whether it is a port that something on a machine takes. */
export function isOfMachine({ stance, scope }: FoundPort): boolean {
  return stance === 'claim' && (scope === 'host' || scope === 'node')
}
