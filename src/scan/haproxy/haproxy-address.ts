/** Addresses of haproxy.cfg: families before an `@`, lists, ranges, IPv6 without brackets. */

import type { PortSpan } from '../../core/port/machine-facts.ts'
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { addressesOf, parseSpan } from '../found/port-words.ts'

/** An address with a port. */
export interface HaproxyAddress extends PortSpan {
  readonly host: string
  readonly protocol: 'tcp' | 'udp'
  readonly isSix: boolean
}

// @source HAProxy configuration manual, 11. Address formats.
const NET = /^(ipv4|ipv6|tcp|tcp4|tcp6|udp|udp4|udp6|quic|quic4|quic6|mptcp|mptcp4|mptcp6)@/
const OTHER = /^(unix|abns|abnsz|fd|sockpair|uxst|uxdg|ring|rhttp|rev|stdout|stderr)@/

/** One address; undefined for sockets without ports and for ports that are only known at run time. */
export function parseHaproxyAddress(text: string): HaproxyAddress | undefined {
  if (OTHER.test(text) || text.startsWith('/')) return undefined
  const family = NET.exec(text)?.[1] ?? ''
  const bare = text.slice(family === '' ? 0 : family.length + 1)
  const colon = bare.lastIndexOf(':')
  const span = colon === -1 ? undefined : parseSpan(bare.slice(colon + 1))
  if (span === undefined) return undefined
  const host = bare.slice(0, colon).replace(/^\[|\]$/g, '')
  const isSix = host.includes(':') || family.endsWith('6')
  return { ...span, host, protocol: /^(udp|quic)/.test(family) ? 'udp' : 'tcp', isSix }
}

/** What a `bind` of it takes: a port alone is one of IPv4, and `::` takes both unless it says `v6only`. */
export function boundBy(
  { host, isSix }: HaproxyAddress,
  options: readonly string[],
): readonly string[] {
  // A name is looked up once, and IPv4 comes first.
  if (host === 'localhost' && !isSix) return ['127.0.0.1']
  if (!isSix) return host === '' || host === '*' ? ['0.0.0.0'] : addressesOf(host)
  const addresses = addressesOf(host === '' || host === '*' ? '::' : host)
  const isEvery = addresses.length === 1 && addresses[0] === '::'
  return isEvery && !options.includes('v6only') ? EVERY_ADDRESS : addresses
}
