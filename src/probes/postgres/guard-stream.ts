/**
 * Stands between a server and the driver, because whatever listens on the port may not be PostgreSQL:
 * what the driver throws while it reads ends the session instead of the process, and an error message
 * that never ends, in which the driver would look for the end for ever, is not handed on.
 */
import type { Duplex } from 'node:stream'
import type pg from 'pg'

/** The other side says what no PostgreSQL says. */
export class Nonsense extends Error {
  readonly code = 'NOT_POSTGRES'
}

/** What of the driver is needed, and is not in its types. */
interface Wire {
  /** Called for the stream that messages are read from, encrypted or not. */
  attachListeners(stream: Duplex): void
}

type Listener = (chunk: Buffer) => void

const HEADER_BYTES = 5
/** The most that an error or notice may say. */
const ERROR_BYTES_MAX = 1_048_576
/** `E` and `N`: error and notice. */
const ERRORS: readonly number[] = [0x45, 0x4e]

/** Guards whatever the client will read. */
export function guardClient(client: pg.Client): void {
  const wire = (client as unknown as { readonly connection: Wire }).connection
  const attachListeners = wire.attachListeners.bind(wire)
  wire.attachListeners = (stream) => {
    guardStream(stream)
    attachListeners(stream)
  }
}

function guardStream(stream: Duplex): void {
  const watch = new ErrorWatch()
  const on = stream.on.bind(stream)
  const guard = (listener: Listener): Listener => {
    return (chunk) => {
      try {
        watch.see(chunk)
        listener(chunk)
      } catch (thrown) {
        const message = thrown instanceof Error ? thrown.message : String(thrown)
        stream.destroy(new Nonsense(message))
      }
    }
  }
  stream.on = ((event: string, listener: Listener) =>
    on(event, event === 'data' ? guard(listener) : listener)) as Duplex['on']
}

/** Follows the frames of messages, and looks into those of errors and notices. */
export class ErrorWatch {
  #header = Buffer.alloc(0)
  #left = 0
  #error: Buffer[] | undefined

  /** @throws Nonsense at an error that has no end */
  see(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#header.length < HEADER_BYTES) {
        const missing = HEADER_BYTES - this.#header.length
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        if (this.#header.length === HEADER_BYTES) this.#begin()
      }
      const part = rest.subarray(0, this.#left)
      this.#error?.push(part)
      this.#left -= part.length
      rest = rest.subarray(part.length)
      if (this.#header.length === HEADER_BYTES && this.#left === 0) this.#end()
    }
  }

  #begin(): void {
    const bytes = this.#header.readUInt32BE(1) - (HEADER_BYTES - 1)
    if (bytes < 0) throw new Nonsense('a message is shorter than its own length')
    const isError = ERRORS.includes(this.#header.readUInt8(0))
    if (isError && bytes > ERROR_BYTES_MAX) throw new Nonsense('an error is too long')
    this.#left = bytes
    this.#error = isError ? [] : undefined
  }

  #end(): void {
    if (this.#error !== undefined && !isTerminated(Buffer.concat(this.#error))) {
      throw new Nonsense('an error has no end')
    }
    this.#header = Buffer.alloc(0)
    this.#error = undefined
  }
}

/** Fields of one byte and a text that ends in 0, then a 0. */
function isTerminated(body: Buffer): boolean {
  let at = 0
  while (body[at] !== 0) {
    const end = body.indexOf(0, at + 1)
    if (end === -1) return false
    at = end + 1
    if (at >= body.length) return false
  }
  return true
}
