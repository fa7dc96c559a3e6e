/** Chance for benches: the same seed gives the same delays and the same order, on every machine. */

/** A small generator of uniformly distributed integers (a 32-bit permuted counter). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An integer with 0 <= value < below. @maximum below 2^32 */
  integer(below: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below
  }

  /** An integer with from <= value <= to. */
  between(from: number, to: number): number {
    return from + this.integer(to - from + 1)
  }

  /** The same values in another order. */
  shuffled<Value>(values: readonly Value[]): readonly Value[] {
    const keyed = values.map((value) => ({ value, key: this.integer(2 ** 32) }))
    return keyed.sort((one, other) => one.key - other.key).map(({ value }) => value)
  }
}
