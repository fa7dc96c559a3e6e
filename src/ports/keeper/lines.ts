/** Takes lines out of what arrives in pieces. */

/** Room for what is said of ten thousand ports at once. @unit characters */
const LINE_MAX = 16 * 1_048_576

/** A line that is longer than one may be. */
export class LineTooLong extends Error {
  constructor() {
    super(`a line is longer than ${LINE_MAX}`)
  }
}

/** The pieces of one connection. */
export class Lines {
  #rest = ''
  readonly #decoder = new TextDecoder()

  /**
   * The lines that are whole now, without their ends.
   *
   * @throws LineTooLong when one has no end; nothing can be read from this connection any more then
   */
  take(chunk: Uint8Array): readonly string[] {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > LINE_MAX) throw new LineTooLong()
    return lines
  }
}
