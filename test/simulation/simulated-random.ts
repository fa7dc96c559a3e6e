/**
 * Chance from one seed: named streams of integers, each independent of how much the others are used,
 * so that one more draw in one place does not change what happens in all the others.
 */
import type { Random } from '../../src/seams/random.ts'

/** One stream of random integers (xorshift, 32 bits). */
export class RandomStream implements Random {
  #state: number

  constructor(seed: number) {
    this.#state = mix(seed) || 0x9e3779b9
  }

  integer(below: number): number {
    if (below <= 0x100000000) return Math.floor((this.#next() / 0x100000000) * below)
    const high = this.#next() % 0x10000
    return (high * 0x100000000 + this.#next()) % below
  }

  /** A number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.integer(most - least + 1)
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.integer(100) < percent
  }

  /** One of these. */
  pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.integer(values.length)] as Value
  }

  #next(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state | 0
    return state >>> 0
  }
}

/** All the chance of one run. */
export class SimulatedRandom {
  readonly #seed: number
  readonly #streams = new Map<string, RandomStream>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** The stream of that name; the same one each time. */
  stream(name: string): RandomStream {
    const known = this.#streams.get(name)
    if (known !== undefined) return known
    let hash = mix(this.#seed)
    for (let place = 0; place < name.length; place++) hash = mix(hash ^ name.charCodeAt(place))
    const stream = new RandomStream(hash)
    this.#streams.set(name, stream)
    return stream
  }
}

/** Spreads every bit over all the others (splitmix, 32 bits). */
function mix(value: number): number {
  let mixed = (value + 0x9e3779b9) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
