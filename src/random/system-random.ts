/** Chance from the operating system: nobody can guess the next number. */
import { randomInt } from 'node:crypto'
import type { Random } from '../seams/random.ts'

/** Random integers of cryptographic quality. */
export class SystemRandom implements Random {
  integer(below: number): number {
    return randomInt(below)
  }
}
