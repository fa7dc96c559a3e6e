/**
 * A Watch stream that is held for as long as somebody wants to know of changes. It only tells that
 * asking again is worth while, when the status changes and when the stream ends; a server without
 * Watch is left to be polled.
 */
import type { GrpcInput } from './grpc-input.ts'
import type { ServingStatus } from './health-messages.ts'
import { type HealthSession, openHealthSession } from './health-session.ts'

/** How long to wait before a stream that ended, or never came about, is opened again. @unit ms */
const REOPEN_MS = 500

/** Holds a stream until it is closed. */
export class HeldStream {
  readonly #input: GrpcInput
  readonly #changed: () => void
  readonly #closing = new AbortController()
  #session: HealthSession | undefined
  #status: ServingStatus | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(input: GrpcInput, changed: () => void) {
    this.#input = input
    this.#changed = changed
    void this.#open()
  }

  /** Idempotent. */
  close(): void {
    this.#closing.abort()
    clearTimeout(this.#timer)
    this.#session?.close()
  }

  async #open(): Promise<void> {
    const { signal } = this.#closing
    const { session } = await openHealthSession(this.#input, signal)
    if (signal.aborted) return session?.close()
    if (session === undefined) return this.#openLater()
    this.#session = session
    session.call('Watch', {
      status: (status) => this.#heard(status),
      ended: ({ code }) => {
        session.close()
        if (signal.aborted || code === 'UNIMPLEMENTED') return
        this.#heard(undefined)
        this.#openLater()
      },
    })
  }

  #openLater(): void {
    this.#timer = setTimeout(() => void this.#open(), REOPEN_MS)
    this.#timer.unref()
  }

  #heard(status: ServingStatus | undefined): void {
    const isNew = status !== this.#status
    this.#status = status
    if (isNew && !this.#closing.signal.aborted) this.#changed()
  }
}
