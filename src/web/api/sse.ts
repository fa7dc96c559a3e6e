/** Server-sent events out of pieces of text. Pure; knows nothing of what they mean. */

/** One event. */
export interface ServerSentEvent {
  readonly event: string
  readonly data: string
  readonly id?: string
}

/** Puts pieces together; an event is given once its empty line has come. */
export class EventAssembler {
  #rest = ''

  /** Takes a piece, and gives the events that it completes. Comments count as nothing. */
  take(piece: string): readonly ServerSentEvent[] {
    const blocks = (this.#rest + piece.replaceAll('\r\n', '\n')).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    return blocks.flatMap(eventOf)
  }
}

function eventOf(block: string): readonly ServerSentEvent[] {
  let event = 'message'
  let id: string | undefined
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const value = line.slice(colon + 1).replace(/^ /, '')
    const field = line.slice(0, colon)
    if (field === 'event') event = value
    else if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
  if (data.length === 0) return []
  return [{ event, data: data.join('\n'), ...(id === undefined ? {} : { id }) }]
}
