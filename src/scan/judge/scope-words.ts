/** Ports and scopes in the words of sentences. */
import { type PortSpan, printSpan } from '../../core/port/machine-facts.ts'
import type { FoundPort } from '../found/found-port.ts'

const NAMES_MAX = 5

/** `8080`, `8080-8090`, `53/udp`. */
export function printPort(span: PortSpan, protocol: string): string {
  return protocol === 'tcp' ? printSpan(span) : `${printSpan(span)}/${protocol}`
}

/** Whose port it is. */
export function printScope(scope: string): string {
  if (scope === 'host') return 'of this machine'
  if (scope === 'node') return 'of a node'
  if (scope === 'cluster') return 'of the cluster'
  return `in the network of ${scope.replace(/^network (\.\/)?/, '')}`
}

/** `web, api and db`, the first of many; those that are several times there are counted. */
export function listServices(ports: readonly FoundPort[]): string {
  const counts = new Map<string, number>()
  for (const { service } of ports) counts.set(service, (counts.get(service) ?? 0) + 1)
  const all = [...counts].map(([name, count]) => (count === 1 ? name : `${name} (${count} times)`))
  const rest = all.length - NAMES_MAX
  const words = rest <= 1 ? all : [...all.slice(0, NAMES_MAX), `${rest} others`]
  const last = words.pop() ?? ''
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`
}
