/**
 * Takes the engine's stream of output apart: eight bytes of head (which stream, how long), then the
 * bytes. Pieces come cut anywhere; what is not yet whole waits here.
 */

/** Some output. */
export interface Frame {
  readonly stream: 'out' | 'err'
  readonly bytes: Buffer
}

const HEAD = 8
const OUT = 1
const ERR = 2

/** Puts pieces together to frames. Frames longer than what has come are given in parts. */
export class FrameReader {
  #waiting: Buffer = Buffer.alloc(0)
  #stream: 'out' | 'err' | undefined
  #rest = 0

  /** The output in this piece. */
  read(piece: Buffer): readonly Frame[] {
    let bytes = this.#waiting.length === 0 ? piece : Buffer.concat([this.#waiting, piece])
    const frames: Frame[] = []
    for (;;) {
      if (this.#rest === 0) {
        if (bytes.length < HEAD) break
        this.#stream = streamOf(bytes[0])
        this.#rest = bytes.readUInt32BE(4)
        bytes = bytes.subarray(HEAD)
        continue
      }
      if (bytes.length === 0) break
      const part = bytes.subarray(0, this.#rest)
      this.#rest -= part.length
      bytes = bytes.subarray(part.length)
      if (this.#stream !== undefined) frames.push({ stream: this.#stream, bytes: part })
    }
    this.#waiting = bytes
    return frames
  }
}

function streamOf(byte: number | undefined): 'out' | 'err' | undefined {
  return byte === OUT ? 'out' : byte === ERR ? 'err' : undefined
}
