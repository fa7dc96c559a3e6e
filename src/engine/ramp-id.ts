/** Ids of ramps: readable, and different each time. */
import type { Plan } from '../core/plan/plan.ts'
import type { Random } from '../seams/random.ts'

/** Letters and digits that are not mistaken for each other. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'

/** A new id, for example `shop-up-7k2m9x`. */
export function rampId(plan: Plan, random: Random): string {
  let suffix = ''
  for (let place = 0; place < 6; place++) suffix += ALPHABET[random.integer(ALPHABET.length)]
  return `${plan.contract.name}-${plan.goal}-${suffix}`
}
