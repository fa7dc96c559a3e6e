/** Ports of pods as a NetworkPolicy writes them: by number, by span, and all that are left. */
import { type PortsContract, servicePortOf } from '../../contracts/ports/definition.ts'
import { type PortSpan, spanWithout } from '../../core/port/machine-facts.ts'

/** Ports of one protocol. */
export interface NumberedPort {
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
  /** The last of several. */
  readonly endPort?: number
}

const ALL: PortSpan = { first: 1, last: 65_535 }

/** The fixed numbers of a service's ports, by their names. */
export function numbersOf(
  contracts: readonly PortsContract[],
  service: string,
): ReadonlyMap<string, readonly NumberedPort[]> {
  const numbers = new Map<string, readonly NumberedPort[]>()
  for (const range of contracts.flatMap(({ definition }) => definition.ranges)) {
    const protocol = range.protocol === 'udp' ? 'UDP' : 'TCP'
    for (const [of, port] of Object.entries(range.fixed)) {
      const target = servicePortOf(of)
      if (target.service !== service) continue
      numbers.set(target.port, [...(numbers.get(target.port) ?? []), { protocol, port }])
    }
  }
  return numbers
}

/** Every port of both protocols that is none of these. */
export function otherPorts(taken: readonly NumberedPort[]): readonly NumberedPort[] {
  return (['TCP', 'UDP'] as const).flatMap((protocol) => {
    const own = taken.filter((one) => one.protocol === protocol)
    const rest = spanWithout(
      ALL,
      own.map(({ port }) => ({ first: port, last: port })),
    )
    return rest.map(({ first: port, last: endPort }) =>
      port === endPort ? { protocol, port } : { protocol, port, endPort },
    )
  })
}
