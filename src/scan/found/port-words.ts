/** Ports, spans and addresses as they are written in files. */

import type { PortSpan } from '../../core/port/machine-facts.ts'
import { EVERY_ADDRESS, LOOPBACK } from '../../core/port/port-claim.ts'

/** A port as digits; undefined for whatever is none (0 asks for any free one). */
export function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined
  const port = Number(text)
  return port >= 1 && port <= 65_535 ? port : undefined
}

/** A port, or `first-last`. */
export function parseSpan(text: string): PortSpan | undefined {
  const [from = '', to, ...rest] = text.split('-')
  const first = parsePort(from.trim())
  const last = to === undefined ? first : parsePort(to.trim())
  if (first === undefined || last === undefined || rest.length > 0 || last < first) return undefined
  return { first, last }
}

/** The addresses that a word stands for; a name that nobody can resolve here stands for every address. */
export function addressesOf(word: string | undefined): readonly string[] {
  const bare = (word ?? '').replace(/^\[|\]$/g, '').toLowerCase()
  if (bare === '' || bare === '*') return EVERY_ADDRESS
  if (bare === 'localhost' || bare.endsWith('.localhost')) return LOOPBACK
  const address = lenientAddress(bare)
  return address === undefined ? EVERY_ADDRESS : [address]
}

/**
 * An address in its one spelling, from any that programs take: `127.1`, `0x7f.0.0.1`, `fe80::1%eth0`.
 * Undefined for what is none.
 */
export function lenientAddress(word: string): string | undefined {
  const isSix = word.includes(':')
  if (!isSix && !/^[\d.x]+$/.test(word)) return undefined
  const url = URL.parse(`http://${isSix ? `[${word.replace(/%.*$/, '')}]` : word}/`)
  return url === null ? undefined : url.hostname.replace(/^\[|\]$/g, '')
}

/** Whether a name means this machine to whoever says it. */
export function isThisMachine(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal)$/.test(host)
}

/** `host:port`, `[::1]:80`, `:80` or `80`; undefined where there is no port. */
export function parseEndpoint(
  text: string,
): { readonly host: string; readonly span: PortSpan } | undefined {
  const match = /^(?:(\[[^\]]*\]|[^:/\s]*):)?(\d{1,5}(?:-\d{1,5})?)$/.exec(text)
  const span = match === null ? undefined : parseSpan(match[2] ?? '')
  return span === undefined ? undefined : { host: match?.[1] ?? '', span }
}
