/**
 * Which header fields go on and which are between two neighbours only. A client never gets to name
 * fields that say where a message ends, so that both ends always agree about that.
 */
import type { IncomingMessage } from 'node:http'

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Fields that `Connection` may not take away. */
const KEPT = new Set(['content-length', 'host', 'authorization', 'cookie', 'set-cookie', 'trailer'])

const LINK = /^<[^>]*>(?:\s*;\s*[^;="\s]+(?:="[^;"\s]*"|=[^;"\s]*)?)*$/

/** What only whoever stands before a backend may tell it. @source RFC 7239; RFC 9440, 3.1 */
const FORWARDED = new Set([
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'forwarded',
  'client-cert',
  'client-cert-chain',
  'x-forwarded-client-cert',
])

/** The fields of a message that go on, as they were written: names and values in turns. */
export function fieldsThatGoOn(raw: readonly string[], mayHaveTrailers = true): string[] {
  const named = namedByConnection(raw)
  const fields = pick(raw, (name) => !HOP_BY_HOP.has(name) && !named.has(name))
  return mayHaveTrailers ? fields : pick(fields, (name) => name !== 'trailer')
}

/** Those of a request, with what the backend is told of the client; who claims to be another is not believed. */
export function fieldsOfRequest(
  { rawHeaders: raw, socket }: Pick<IncomingMessage, 'rawHeaders' | 'socket'>,
  certificate?: string,
): string[] {
  const [host] = hostsOf(raw)
  const isChunked = raw.some((text, at) => at % 2 === 0 && /^transfer-encoding$/i.test(text))
  const fields = pick(fieldsThatGoOn(raw, isChunked), (name) => !isForwarded(name))
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const protocol = 'encrypted' in socket ? 'https' : 'http'
  fields.push('X-Forwarded-For', address, 'X-Forwarded-Proto', protocol)
  if (host !== undefined) fields.push('X-Forwarded-Host', host)
  if (certificate !== undefined) fields.push('Client-Cert', certificate)
  return fields
}

/** Many programs take `_` in a name for `-`, so that a client could tell them what is told here. */
function isForwarded(name: string): boolean {
  return FORWARDED.has(name.includes('_') ? name.replaceAll('_', '-') : name)
}

/** What follows a body; where a message ends, and whose it is, was settled before. */
export function trailersThatGoOn(raw: readonly string[]): [string, string][] {
  const mayFollow = (name: string): boolean => !HOP_BY_HOP.has(name) && !KEPT.has(name)
  const fields = pick(raw, (name) => mayFollow(name) && !isForwarded(name))
  return Array.from({ length: fields.length / 2 }, (_, at) => [
    fields[2 * at] ?? '',
    fields[2 * at + 1] ?? '',
  ])
}

/** Each host that a request names; more than one could be read in two ways. */
export function hostsOf(raw: readonly string[]): readonly string[] {
  return valuesOf(raw, 'host')
}

/** The links of early hints, one each, as Node's own check takes them; others are left out. */
export function linksOf(raw: readonly string[]): string[] {
  const links = valuesOf(raw, 'link').flatMap((value) => value.split(/,(?=\s*<)/))
  return links.map((link) => link.trim()).filter((link) => LINK.test(link))
}

/** What stands behind the status, without what no head may have in it. */
export function reasonOf({ statusMessage = '' }: IncomingMessage): string {
  return statusMessage.replaceAll(/[^ -~\u0080-\u00ff]/g, '')
}

/** Whether a body follows a request's head. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return 'transfer-encoding' in headers || (length !== undefined && length !== '0')
}

/** Of every request: a name of another length need not be looked at. */
function valuesOf(raw: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.length === name.length && raw[at]?.toLowerCase() === name)
      values.push(raw[at + 1] ?? '')
  }
  return values
}

function namedByConnection(raw: readonly string[]): ReadonlySet<string> {
  const named = new Set<string>()
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() !== 'connection') continue
    for (const word of raw[at + 1]?.split(',') ?? []) {
      const name = word.trim().toLowerCase()
      if (!KEPT.has(name)) named.add(name)
    }
  }
  return named
}

function pick(raw: readonly string[], goesOn: (name: string) => boolean): string[] {
  const fields: string[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at], raw[at + 1]]
    if (name === undefined || value === undefined) continue
    if (goesOn(name.toLowerCase())) fields.push(name, value)
  }
  return fields
}
