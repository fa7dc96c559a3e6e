/**
 * The ports of one service of a composition, in the short and the long form. @source Compose
 * Specification, ports
 */

import type { PortSpan } from '../../core/port/machine-facts.ts'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import { itemsAt, type Tree, textAt } from '../document/tree.ts'
import type { Confidence } from '../found/found-port.ts'
import { parseSpan } from '../found/port-words.ts'
import { fillIn } from '../found/variables.ts'

/** One published port. */
export interface Published extends PortSpan {
  readonly offset: number
  readonly address: string | undefined
  readonly protocol: PortProtocol
  readonly target: PortSpan
  readonly confidence: Confidence
  readonly text: string
  readonly isHttp: boolean
}

/** A port of the container that is not published under a number that is known. */
export interface Internal {
  readonly offset: number
  readonly span: PortSpan
  readonly protocol: PortProtocol
}

type LookUp = (name: string) => string | undefined

const HTTP_TARGETS = new Set([80, 3000, 4200, 5173, 8000, 8080, 8081, 8888, 9000])
const SHORT =
  /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*|[0-9a-fA-F:]*::[0-9a-fA-F:]*)):)??(?:(\d[\d-]*)?:)?(\d[\d-]*)(?:\/(tcp|udp))?$/

/** What a service publishes, and what it only listens on inside. */
export function readPorts(
  service: Tree,
  lookUp: LookUp,
): { readonly published: readonly Published[]; readonly internal: readonly Internal[] } {
  const published: Published[] = []
  const internal: Internal[] = []
  for (const item of itemsAt(service, 'ports')) {
    const read = item.kind === 'map' ? readLong(item, lookUp) : readShort(item, lookUp)
    if (read !== undefined && 'first' in read) published.push(read)
    else if (read !== undefined) internal.push(read)
  }
  for (const item of itemsAt(service, 'expose')) {
    if (item.kind !== 'scalar') continue
    const [port = '', protocol] = fillIn(item.text, lookUp).text.split('/')
    const span = parseSpan(port)
    if (span === undefined) continue
    internal.push({ offset: item.offset, span, protocol: protocol === 'udp' ? 'udp' : 'tcp' })
  }
  return { published, internal }
}

function readShort(item: Tree, lookUp: LookUp): Published | Internal | undefined {
  if (item.kind !== 'scalar') return undefined
  const { text, isFilled } = fillIn(item.text, lookUp)
  const match = SHORT.exec(text.trim())
  const target = parseSpan(match?.[4] ?? '')
  if (match === null || target === undefined) return undefined
  const protocol = match[5] === 'udp' ? 'udp' : 'tcp'
  const span = parseSpan(match[3] ?? '')
  if (span === undefined) return { offset: item.offset, span: target, protocol }
  const confidence = isFilled ? 'interpolated' : 'explicit'
  const isHttp = HTTP_TARGETS.has(target.first)
  const address = match[1] ?? match[2]
  return { ...span, offset: item.offset, address, protocol, target, confidence, text, isHttp }
}

function readLong(item: Tree, lookUp: LookUp): Published | Internal | undefined {
  const filled = (key: string): string | undefined => {
    const text = textAt(item, key)
    return text === undefined ? undefined : fillIn(text, lookUp).text
  }
  const target = parseSpan(filled('target') ?? '')
  if (target === undefined) return undefined
  const protocol = filled('protocol') === 'udp' ? 'udp' : 'tcp'
  const span = parseSpan(filled('published') ?? '')
  if (span === undefined) return { offset: item.offset, span: target, protocol }
  const address = filled('host_ip')
  const isFilled = (textAt(item, 'published') ?? '').includes('$')
  const isHttp = HTTP_TARGETS.has(target.first) || filled('app_protocol') === 'http'
  const text = `${span.first === span.last ? span.first : `${span.first}-${span.last}`}:${target.first}`
  const confidence = isFilled ? 'interpolated' : 'explicit'
  return { ...span, offset: item.offset, address, protocol, target, confidence, text, isHttp }
}
