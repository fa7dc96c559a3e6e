/**
 * Which header fields go on and which are between two neighbours only. A client never gets to name
 * fields that say where a message ends, so that both ends always agree about that.
 */

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

const FORWARDED = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded'])

/** The fields of a message that go on, as they were written: names and values in turns. */
export function fieldsThatGoOn(raw: readonly string[], mayHaveTrailers = true): string[] {
  const named = namedByConnection(raw)
  const fields = pick(raw, (name) => !HOP_BY_HOP.has(name) && !named.has(name))
  return mayHaveTrailers ? fields : pick(fields, (name) => name !== 'trailer')
}

/** Those of a request, with what the backend is told of the client; who claims to be another is not believed. */
export function fieldsOfRequest(raw: readonly string[], clientAddress: string): string[] {
  const host = raw[raw.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === 'host') + 1]
  const isChunked = raw.some((text, at) => at % 2 === 0 && /^transfer-encoding$/i.test(text))
  const fields = pick(fieldsThatGoOn(raw, isChunked), (name) => !FORWARDED.has(name))
  fields.push('X-Forwarded-For', clientAddress.replace(/^::ffff:/, ''), 'X-Forwarded-Proto', 'http')
  if (host !== undefined) fields.push('X-Forwarded-Host', host)
  return fields
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
