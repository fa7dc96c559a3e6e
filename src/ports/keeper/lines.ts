/** Takes lines out of what arrives in pieces. */

/** The pieces of one connection. */
export class Lines {
  #rest = ''
  readonly #decoder = new TextDecoder()

  /** The lines that are whole now, without their ends. */
  take(chunk: Uint8Array): readonly string[] {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    this.#rest = lines.pop() ?? ''
    return lines
  }
}
