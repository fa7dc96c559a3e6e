/** The ports that a start asks for by its input: their names, and how it is given each. */
import { type PortProtocols, protocolsIn } from '../../core/port/port-protocols.ts'
import type { StartInput } from './order-input.ts'

/** Ports that are asked for. */
export interface AskedPorts {
  readonly names: readonly string[]
  /** Of those that are not of TCP; absent: all are. */
  readonly protocols?: PortProtocols
  /** Those whose sockets it inherits: descriptors are in the order of the names. */
  readonly inherited: readonly string[]
  /** Those of them that starts beside it inherit as well. */
  readonly shared: readonly string[]
}

/** The ports of a start. */
export function askedPorts({ ports }: Pick<StartInput, 'ports'>): AskedPorts {
  const names = Object.keys(ports)
  const inherited = names.filter((name) => ports[name]?.inherit === true).sort()
  return {
    names,
    ...protocolsIn(ports),
    inherited,
    shared: inherited.filter((name) => ports[name]?.share === true),
  }
}
