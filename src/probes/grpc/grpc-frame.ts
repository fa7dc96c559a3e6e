/**
 * What gRPC puts around messages on HTTP/2: five bytes before each, a status at the end. Messages are
 * bounded, and compressed ones refused: none has been asked for.
 *
 * @source https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */

/** The names of gRPC's status codes, in the order of their numbers. */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]

/** How a call ended. */
export interface CallEnd {
  /** The name of gRPC's status, or of what was there instead of one: `NO_STATUS`, `HTTP_404`, … */
  readonly code: string
  readonly details: string
}

const HEAD_BYTES = 5
const MESSAGE_BYTES_MAX = 4_096

/** A message with its head. */
export function printFrame(message: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** The end that headers or trailers tell of; undefined when they hold no status. */
export function readEnd(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): CallEnd | undefined {
  const written = headers['grpc-status']
  if (written === undefined) return undefined
  const code = CODES[Number(written)] ?? 'UNKNOWN'
  return { code, details: decoded(String(headers['grpc-message'] ?? '')) }
}

/** Puts messages together from whatever pieces they come in. */
export class FrameReader {
  readonly #onMessage: (message: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)

  constructor(onMessage: (message: Buffer) => void) {
    this.#onMessage = onMessage
  }

  /** Takes the next piece; undefined, or why the stream makes no sense from here on. */
  push(piece: Buffer): string | undefined {
    this.#rest = Buffer.concat([this.#rest, piece])
    while (this.#rest.length >= HEAD_BYTES) {
      if (this.#rest[0] !== 0) return 'COMPRESSED'
      const end = HEAD_BYTES + this.#rest.readUInt32BE(1)
      if (end > HEAD_BYTES + MESSAGE_BYTES_MAX) return 'TOO_LARGE'
      if (this.#rest.length < end) return undefined
      const message = this.#rest.subarray(HEAD_BYTES, end)
      this.#rest = this.#rest.subarray(end)
      this.#onMessage(message)
    }
    return undefined
  }
}

function decoded(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    // Servers that do not encode it are told by their text all the same.
    return message
  }
}
