/**
 * Puts what a file says where the file is used: the configuration of a server that a composition mounts
 * binds ports of the container, and none of the machine.
 */
import type { FoundPort, Placement } from './found/found-port.ts'
import { isBelow } from './found/paths.ts'

/** Formats that configure a server, wherever it runs; only these follow a folder that is mounted. */
const SERVER_FORMATS = new Set(['nginx', 'haproxy', 'caddy', 'envoy', 'prometheus', 'traefik'])

/** Files of a program's source, which developers use where they are, whatever image has a copy of them. */
const OF_SOURCES = new Set(['package.json', 'dotenv', 'procfile'])

/** The ports, each in the network in which its file is used. */
export function placePorts(
  ports: readonly FoundPort[],
  placements: readonly Placement[],
): readonly FoundPort[] {
  if (placements.length === 0) return ports
  return ports.flatMap((port) => {
    if (port.scope !== 'host' || OF_SOURCES.has(port.format)) return [port]
    const places = placesOf(port, placements)
    return places.length === 0 ? [port] : places.map((place) => placed(port, place))
  })
}

/** The placements that name the file itself, else those of the nearest folder above it. */
function placesOf(port: FoundPort, placements: readonly Placement[]): readonly Placement[] {
  const isServer = SERVER_FORMATS.has(port.format)
  const fits = placements.filter(
    ({ file }) => file === port.file || (isServer && file !== '' && isBelow(port.file, file)),
  )
  const longest = Math.max(...fits.map(({ file }) => file.length))
  return fits.filter(({ file }) => file.length === longest)
}

function placed(port: FoundPort, { scope, unit, service }: Placement): FoundPort {
  if (scope === 'host') return { ...port, unit, service }
  return { ...port, scope, unit, service }
}
