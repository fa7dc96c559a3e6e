/** Ports of pods as a NetworkPolicy writes them: by number, by span, and all that are left. */
import { type PortsContract, servicePortOf } from '../../contracts/ports/definition.ts'

/** Ports of one protocol. */
export interface NumberedPort {
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
  /** The last of several. */
  readonly endPort?: number
}

const LAST = 65_535

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
    const cuts = taken
      .filter((one) => one.protocol === protocol)
      .map(({ port }) => port)
      .sort((a, b) => a - b)
    const starts = [1, ...cuts.map((port) => port + 1)]
    return starts.flatMap((port, place) => {
      const endPort = (cuts[place] ?? LAST + 1) - 1
      if (port > endPort) return []
      return [port === endPort ? { protocol, port } : { protocol, port, endPort }]
    })
  })
}
