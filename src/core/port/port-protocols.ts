/** Of which protocols ports are, by their names: what is of TCP is not written. */
import type { PortProtocol } from './port-claim.ts'

/** The protocols of ports by their names; what is not named is of TCP. */
export type PortProtocols = Readonly<Record<string, PortProtocol>>

/** Of which protocols ports are that may say so; absent: all are of TCP. */
export function protocolsIn(
  ports: Readonly<Record<string, { readonly protocol?: PortProtocol | undefined }>>,
): { readonly protocols?: PortProtocols } {
  const others = Object.entries(ports).flatMap(([name, { protocol = 'tcp' }]) =>
    protocol === 'tcp' ? [] : [[name, protocol] as const],
  )
  others.sort(([one], [other]) => (one < other ? -1 : 1))
  return others.length === 0 ? {} : { protocols: Object.fromEntries(others) }
}

/** Of which protocol the port of that name is. */
export function protocolOf(protocols: PortProtocols | undefined, name: string): PortProtocol {
  return protocols !== undefined && Object.hasOwn(protocols, name)
    ? (protocols[name] ?? 'tcp')
    : 'tcp'
}

/** A port's number for people: `8080`, `21053/udp`. */
export function printPort(port: number, protocol: PortProtocol): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`
}

/** Ports by name for people: `dns 21053/udp`, `http 8080`. */
export function printPorts(
  ports: Readonly<Record<string, number>>,
  protocols: PortProtocols | undefined,
): readonly string[] {
  return Object.entries(ports).map(
    ([name, port]) => `${name} ${printPort(port, protocolOf(protocols, name))}`,
  )
}
