/** `listen` of nginx: which sockets a server asks for, and which of all that are asked for are bound. */

import type { PortSpan } from '../../core/port/machine-facts.ts'
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { addressesOf, parseSpan } from '../found/port-words.ts'
import type { NginxWord } from './parse-nginx.ts'

/** What a part of the configuration serves; sockets of two of them are never one. */
export type NginxModule = 'http' | 'stream' | 'mail'

/** One `listen`. */
export interface Listen extends PortSpan {
  readonly path: string
  readonly offset: number
  readonly text: string
  readonly module: NginxModule
  readonly protocol: 'tcp' | 'udp'
  readonly addresses: readonly string[]
  /** Whether it is bound apart, even where another one holds every address of the port. */
  readonly isApart: boolean
  /** Whether it lets others of its kind be bound beside it. */
  readonly isShared: boolean
  readonly isFilled: boolean
  /** Whether nobody says it, and nginx takes it. */
  readonly isDefault: boolean
}

const MOST_WIDE = 1_000

// @source nginx, ngx_http_core_module, listen: what makes nginx call bind() for it alone.
const APART =
  /^(bind|backlog=|rcvbuf=|sndbuf=|setfib=|fastopen=|accept_filter=|deferred|ipv6only=|so_keepalive=|reuseport)/

/** Reads the words of a `listen`; undefined for sockets without ports. */
export function readListen(
  words: readonly NginxWord[],
): Pick<Listen, 'first' | 'last' | 'protocol' | 'addresses' | 'isApart' | 'isShared'> | undefined {
  const [address = '', ...options] = words.map(({ text }) => text)
  if (address === '' || /^unix:/i.test(address)) return undefined
  const match = /^(?:(\[[^\]]+\]|[^:[\]]*):)?(\d[\d-]*)$/.exec(address)
  // An address alone is one of port 80; a number alone is a port.
  const span = match === null ? { first: 80, last: 80 } : parseSpan(match[2] ?? '')
  const host = match === null ? address : (match[1] ?? '*')
  if (span === undefined || !/^(\[[0-9a-fA-F:.%]+\]|[\w.*-]+)$/.test(host)) return undefined
  const protocol = options.includes('udp') || options.includes('quic') ? 'udp' : 'tcp'
  const isApart = options.some((option) => APART.test(option))
  const isShared = options.includes('reuseport')
  return { ...span, protocol, addresses: boundTo(host, options), isApart, isShared }
}

/** A port alone is one of IPv4, and since 1.3.4 one of IPv6 is of IPv6 alone unless it says otherwise. */
function boundTo(host: string, options: readonly string[]): readonly string[] {
  if (host === '*') return ['0.0.0.0']
  const addresses = addressesOf(host)
  const isEverySix = addresses.length === 1 && addresses[0] === '::'
  return isEverySix && options.includes('ipv6only=off') ? EVERY_ADDRESS : addresses
}

/**
 * What is bound in the end: servers that listen on one address share its socket, and where a socket takes
 * every address of a family, those of single addresses are none of their own.
 */
export function boundSockets(listens: readonly Listen[]): readonly Listen[] {
  const sockets = new Map<string, Listen>()
  for (const one of listens) {
    const key = keyOf(one)
    const known = sockets.get(key)
    // Options are said once and hold for every server that listens there.
    const isWider = one.addresses.length > (known?.addresses.length ?? 0)
    if (known === undefined || isWider || (one.isApart && !known.isApart)) sockets.set(key, one)
  }
  const all = [...sockets.values()]
  const wide = all.filter(isWide).slice(0, MOST_WIDE)
  return all.filter((one) => one.isApart || !wide.some((other) => holds(other, one)))
}

function isWide({ addresses }: Listen): boolean {
  return addresses.includes('0.0.0.0') || addresses.includes('::')
}

/** Servers with this in common use one socket. */
function keyOf(one: Listen): string {
  const address = one.addresses.includes('::') ? '::' : one.addresses.join()
  return [one.module, one.protocol, address, one.first, one.last].join(' ')
}

function holds(wide: Listen, narrow: Listen): boolean {
  if (wide === narrow || wide.module !== narrow.module || wide.protocol !== narrow.protocol)
    return false
  const isAround = wide.first <= narrow.first && narrow.last <= wide.last
  const [address = ''] = narrow.addresses
  const family = address.includes(':') ? '::' : '0.0.0.0'
  return isAround && address !== family && wide.addresses.includes(family)
}

/** Tells apart the sockets of one nginx; fragments of its configuration that say the same mean one. */
export function socketName(one: Listen): string {
  const family = one.addresses.length > 1 ? '46' : one.addresses[0]?.includes(':') ? '6' : '4'
  const apart = one.isApart && !one.isShared && family === '4' ? ` ${one.addresses.join()}` : ''
  return `${one.module} ${one.protocol}${family} ${one.first}-${one.last}${apart}`
}
