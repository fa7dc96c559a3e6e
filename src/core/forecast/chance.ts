/**
 * Chance from one seed: named streams of integers. Drawing more from one stream changes nothing in
 * the others, so that two forecasts that differ in one change are drawn alike in everything else.
 */

/** One past the largest number that a stream draws. */
export const CHANCE_RANGE = 0x1_0000_0000

/** One stream of random integers from 0 to 2³² − 1. */
export class ChanceStream {
  #state: number

  /** @param name what it decides, for example a stage's name */
  constructor(seed: number, name: string) {
    let hash = spread(seed)
    for (let place = 0; place < name.length; place++) hash = spread(hash ^ name.charCodeAt(place))
    // The generator would never leave zero.
    this.#state = hash === 0 ? 0x9e3779b9 : hash
  }

  /**
   * The next number.
   *
   * @source G. Marsaglia, Xorshift RNGs, Journal of Statistical Software 8 (2003)
   */
  next(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state | 0
    return state >>> 0
  }
}

/** Lets every bit of a number weigh on all the others. */
function spread(value: number): number {
  let mixed = (value + 0x9e3779b9) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
