/**
 * Where a container listens, from both sides. Inside, a program must listen on every address of its
 * own and on the port its image says; outside, that is a free port of this machine.
 */
import { type PortProtocols, protocolOf, protocolsIn } from '../../core/port/port-protocols.ts'
import type { Placement } from '../placement/variables.ts'
import { networkName } from './labels.ts'
import type { StartInput } from './order-input.ts'
import type { Listening } from './record.ts'

/** Where everybody else finds components. */
export const HOST = '127.0.0.1'

/** What the engine is told of networks and ports. */
export interface Wiring {
  /** What the program itself is told: `self.host` and `self.ports` in its command and variables. */
  readonly own: Placement
  readonly outside: Listening
  /** Of those ports that are not of TCP; absent: all are. */
  readonly protocols?: PortProtocols
  /** Where those in the same networks find it; absent where it has no name. */
  readonly inside?: Listening
  /** Whether it has a network that is neither the machine's nor none at all. */
  readonly hasOwnNetwork: boolean
  readonly mode: string
  /** Networks of the environment, by the engine's names. */
  readonly networks: readonly string[]
  readonly aliases: readonly string[]
}

/** Works out both sides, given the free ports that were found outside. */
export function wire(
  input: StartInput,
  workspace: string,
  { ports: found, host = HOST }: Partial<Listening> & Pick<Listening, 'ports'>,
): Wiring {
  const outside = { host, ports: found }
  const protocols = protocolsIn(input.ports)
  const [first = ''] = input.networks
  if (first === 'host' || first === 'none') {
    const sides = first === 'host' ? { inside: outside } : {}
    const none = { networks: [], aliases: [], hasOwnNetwork: false }
    const own = { ...outside, isNamed: host !== HOST }
    return { own, outside, ...protocols, ...sides, mode: first, ...none }
  }
  const ports = Object.fromEntries(
    Object.entries(found).map(([name, port]) => [name, input.ports[name]?.container ?? port]),
  )
  const own = { host: '0.0.0.0', ports }
  const [contract = '', ...rest] = input.subject.split('/')
  const networks = input.networks.map((name) => networkName(workspace, `${contract}/${name}`))
  // In several regions one name would lead to either.
  const alias = rest.length === 0 ? contract : rest.join('-')
  const [mode] = networks
  const both = { own, outside, ...protocols, networks, hasOwnNetwork: true }
  if (mode === undefined) return { ...both, mode: 'bridge', aliases: [] }
  return { ...both, inside: { host: alias, ports }, mode, aliases: [alias] }
}

/** What of the wiring stands in the request that makes a container. */
export function wiringBody(wiring: Wiring): {
  readonly ExposedPorts: object
  readonly NetworkingConfig?: object
  readonly HostConfig: { readonly NetworkMode: string; readonly PortBindings: object }
} {
  const { own, outside, protocols, mode, networks, aliases, hasOwnNetwork } = wiring
  const names = hasOwnNetwork ? Object.keys(outside.ports) : []
  const bindings = names.map((name): [string, object] => [
    `${own.ports[name]}/${protocolOf(protocols, name)}`,
    [{ HostIp: outside.host, HostPort: String(outside.ports[name]) }],
  ])
  const [network] = networks
  return {
    ExposedPorts: Object.fromEntries(bindings.map(([port]) => [port, {}])),
    ...(network === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: aliases } } } }),
    HostConfig: { NetworkMode: mode, PortBindings: Object.fromEntries(bindings) },
  }
}
