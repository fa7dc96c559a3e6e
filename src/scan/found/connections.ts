/** URLs with a port in a text: whom it connects to. */
import { parsePort } from './port-words.ts'

/** One connection that a text speaks of. */
export interface Connection {
  readonly scheme: string
  readonly host: string
  readonly port: number
  /** Where the URL begins in the text. */
  readonly offset: number
  readonly text: string
}

const URLS =
  /\b([a-z][a-z0-9+.-]{1,20}):\/\/(?:[^\s/@'"`<>]{0,200}@)?(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9_.-]{1,253}):(\d{1,5})\b/g

/** Every URL of a text that names a port. */
export function connectionsIn(text: string): readonly Connection[] {
  if (!text.includes('://')) return []
  return [...text.slice(0, 20_000).matchAll(URLS)].flatMap((match) => {
    const port = parsePort(match[3] ?? '')
    if (port === undefined) return []
    const [scheme, host] = [match[1] ?? '', (match[2] ?? '').toLowerCase()]
    // What stands before the @ may be a password, and is nobody's business.
    return [{ scheme, host, port, offset: match.index, text: `${scheme}://${host}:${port}` }]
  })
}
