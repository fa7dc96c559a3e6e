/** Streams of text to messages: lines of JSON, and server-sent events. Pure; incomplete ends are kept. */

/** One server-sent event. */
export interface ServerSentEvent {
  readonly event: string
  readonly id?: string
  readonly data: string
}

/** Splits pieces of text into lines; a last line without its end is given at the end. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

/** Reads JSON documents, one a line; empty lines are heartbeats. */
export async function* jsonLinesOf<Value>(
  pieces: AsyncIterable<string>,
): AsyncGenerator<Value, void, undefined> {
  for await (const line of linesOf(pieces)) {
    if (line.trim() !== '') yield JSON.parse(line) as Value
  }
}

/**
 * Reads server-sent events; comments are heartbeats. An event that was not ended by an empty line is
 * dropped, since it may be torn.
 *
 * @source https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* serverSentEventsOf(
  pieces: AsyncIterable<string>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let fields = new Map<string, string>()
  for await (const piece of linesOf(pieces)) {
    const line = piece.endsWith('\r') ? piece.slice(0, -1) : piece
    if (line === '') {
      const data = fields.get('data')
      const id = fields.get('id')
      const event = fields.get('event') ?? 'message'
      if (data !== undefined) yield { event, data, ...(id === undefined ? {} : { id }) }
      fields = new Map()
      continue
    }
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    const before = name === 'data' ? fields.get('data') : undefined
    fields.set(name, before === undefined ? value : `${before}\n${value}`)
  }
}
