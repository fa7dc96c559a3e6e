/** Who wants to know when streams grow: the same bookkeeping for every ledger. */

type Listener = (stream: string | undefined) => void

/** Calls back, in the order in which the listeners came. */
export class AppendListeners {
  readonly #listeners = new Set<Listener>()

  /** @returns stops calling back; idempotent */
  add(listener: Listener): () => void {
    // Wrapped, so that one function added twice is two listeners.
    const own: Listener = (stream) => listener(stream)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  tell(stream: string | undefined): void {
    for (const listener of [...this.#listeners]) listener(stream)
  }
}
