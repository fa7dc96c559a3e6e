/**
 * One call of gRPC on a stream of HTTP/2, seen from the server: messages with a head of five bytes, a
 * status at the end. Messages are bounded, and compressed ones refused.
 *
 * @source https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import type { ServerHttp2Stream } from 'node:http2'

/** The statuses that are given. */
export const GRPC_STATUS = {
  ok: 0,
  invalidArgument: 3,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const

const HEAD_BYTES = 5
const MESSAGE_BYTES_MAX = 4 * 1_048_576

/** What hears of a call. */
export interface GrpcListener {
  /** @returns why the call cannot go on */
  message(bytes: Buffer): string | undefined
  /** The client's last message has come, or the stream is gone; may be called twice. */
  ended(): void
}

/** Refuses a call before anything was said. */
export function refuseCall(stream: ServerHttp2Stream, status: number, message: string): void {
  const headers = {
    ':status': 200,
    'content-type': 'application/grpc',
    'grpc-status': status,
    'grpc-message': encodeURIComponent(message),
  }
  stream.respond(headers, { endStream: true })
}

/** A call that has begun. */
export class GrpcStream {
  readonly #stream: ServerHttp2Stream
  readonly #listener: GrpcListener
  #pieces: Buffer = Buffer.alloc(0)
  #status: number = GRPC_STATUS.ok
  #reason = ''
  #isOver = false

  constructor(stream: ServerHttp2Stream, listener: GrpcListener) {
    this.#stream = stream
    this.#listener = listener
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => {
      const reason = encodeURIComponent(this.#reason)
      stream.sendTrailers({ 'grpc-status': this.#status, 'grpc-message': reason })
    })
    stream.on('data', (piece: Buffer) => this.#take(piece))
    stream.on('end', () => this.end(GRPC_STATUS.ok, ''))
    // A client that breaks off is gone, which `close` says as well.
    stream.on('error', () => stream.close())
    stream.on('close', () => this.#finish())
  }

  send(message: Uint8Array): void {
    if (this.#isOver) return
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUInt32BE(message.length, 1)
    this.#stream.write(Buffer.concat([head, message]))
  }

  /** Ends the call with a status. Idempotent. */
  end(status: number, reason: string): void {
    if (this.#isOver) return
    this.#status = status
    this.#reason = reason
    this.#finish()
    this.#stream.end()
  }

  #finish(): void {
    this.#isOver = true
    this.#listener.ended()
  }

  #take(piece: Buffer): void {
    this.#pieces = Buffer.concat([this.#pieces, piece])
    while (!this.#isOver && this.#pieces.length >= HEAD_BYTES) {
      const size = this.#pieces.readUInt32BE(1)
      if (this.#pieces[0] !== 0) return this.end(GRPC_STATUS.unimplemented, 'no compression here')
      if (size > MESSAGE_BYTES_MAX) return this.end(GRPC_STATUS.invalidArgument, 'too large')
      if (this.#pieces.length < HEAD_BYTES + size) return
      const message = this.#pieces.subarray(HEAD_BYTES, HEAD_BYTES + size)
      this.#pieces = this.#pieces.subarray(HEAD_BYTES + size)
      const objection = this.#listener.message(message)
      if (objection !== undefined) this.end(GRPC_STATUS.invalidArgument, objection)
    }
  }
}
