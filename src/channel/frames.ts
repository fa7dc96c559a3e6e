/**
 * Messages over a stream: four bytes that say how long one is, then that much JSON. Nothing is taken
 * apart before it is whole, and nothing longer than agreed is ever kept.
 */

/** The longest message. @unit bytes */
export const FRAME_MAX = 1_048_576

const HEAD = 4

/** A message that is longer than one may be. */
export class FrameTooLong extends Error {
  constructor(bytes: number) {
    super(`a message of ${bytes} bytes is longer than ${FRAME_MAX}`)
  }
}

/** One message as it is sent. @throws FrameTooLong when it is longer than may be sent */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message))
  if (body.length > FRAME_MAX) {
    throw new FrameTooLong(body.length)
  }
  const head = Buffer.alloc(HEAD)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}

/** The messages of one connection, as its pieces arrive. */
export class Frames {
  #pieces: Buffer[] = []
  #length = 0
  /** How long the next message is, once that is known. */
  #wanted: number | undefined

  /**
   * The messages that are whole now.
   *
   * @throws FrameTooLong when one is announced as longer than may be, SyntaxError when it is not JSON;
   *   nothing can be read from this connection any more then
   */
  take(piece: Buffer): readonly unknown[] {
    this.#pieces.push(piece)
    this.#length += piece.length
    const messages: unknown[] = []
    for (;;) {
      if (this.#wanted === undefined) {
        if (this.#length < HEAD) return messages
        this.#wanted = this.#shift(HEAD).readUInt32BE()
        if (this.#wanted > FRAME_MAX) {
          throw new FrameTooLong(this.#wanted)
        }
      }
      if (this.#length < this.#wanted) return messages
      messages.push(JSON.parse(this.#shift(this.#wanted).toString()))
      this.#wanted = undefined
    }
  }

  #shift(count: number): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces)
    const whole = all ?? Buffer.alloc(0)
    this.#pieces = [whole.subarray(count)]
    this.#length -= count
    return whole.subarray(0, count)
  }
}
