/** Takes lines out of what arrives in pieces. */

/** Room for what is said of ten thousand ports at once. @unit characters */
const LINE_MAX = 16 * 1_048_576

/** A line that is longer than one may be. */
class LineTooLong extends Error {
  constructor() {
    super(`a line is longer than ${LINE_MAX}`)
  }
}

/** The pieces of one connection. */
export class Lines {
  /** Of the line that has not ended; what has come is looked through once. */
  #pieces: string[] = []
  #length = 0
  readonly #decoder = new TextDecoder()

  /**
   * The lines that are whole now, without their ends.
   *
   * @throws LineTooLong when one has no end; nothing can be read from this connection any more then
   */
  take(chunk: Uint8Array): readonly string[] {
    const [first = '', ...others] = this.#decoder.decode(chunk, { stream: true }).split('\n')
    this.#keep(first)
    if (others.length === 0) return []
    const rest = others.pop() ?? ''
    const whole = this.#pieces.join('')
    this.#pieces = []
    this.#length = 0
    this.#keep(rest)
    return [whole, ...others]
  }

  #keep(piece: string): void {
    this.#pieces.push(piece)
    this.#length += piece.length
    if (this.#length > LINE_MAX) throw new LineTooLong()
  }
}
