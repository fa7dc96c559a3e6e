/** Whether two claims want what only one can have: an address, a protocol and a port of one scope. */
import { commonSpan, type PortSpan } from '../../core/port/machine-facts.ts'
import { claimsCollide } from '../../core/port/port-claim.ts'
import type { FoundPort } from '../found/found-port.ts'

/** The ports that both want; undefined when each can have what it wants. */
export function contestedBy(one: FoundPort, other: FoundPort): PortSpan | undefined {
  if (!isSameScope(one.scope, other.scope)) return undefined
  const common = commonSpan(one, other)
  if (common === undefined) return undefined
  const { first: port } = common
  const { protocol, addresses } = one
  const isCollision = claimsCollide(
    { protocol, addresses, port },
    { protocol: other.protocol, addresses: other.addresses, port },
  )
  // Instances that choose of a span step aside for others while there are enough for all.
  const size = sizeOf(one) + sizeOf(other) - sizeOf(common)
  return isCollision && size < needOf(one) + needOf(other) ? common : undefined
}

/** How many ports of its span a claim takes. */
export function needOf(port: FoundPort): number {
  return port.instances ?? sizeOf(port)
}

/** How many ports a span has. */
export function sizeOf({ first, last }: PortSpan): number {
  return last - first + 1
}

/** A port of the whole cluster is one of each of its nodes. */
function isSameScope(one: string, other: string): boolean {
  const onNodes = ['node', 'cluster']
  return one === other || (onNodes.includes(one) && onNodes.includes(other))
}
