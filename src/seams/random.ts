/** The seam to chance: identifiers and jitter. */

/** A source of random integers. */
export interface Random {
  /** A uniformly distributed integer with 0 <= value < below. @minimum below 1 @maximum below 2^48 */
  integer(below: number): number
}
