/** Ids of ramps: readable, and different each time. They are made here, and taken apart nowhere else. */
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

/** What the id of a ramp tells without its entries being read: the name of its contract, and its goal. */
export interface RampIdParts {
  readonly name: string
  readonly goal: string
}

/** Takes an id apart; undefined when it is that of no ramp. */
export function readRampId(id: string): RampIdParts | undefined {
  const [, name, goal] = /^([^:]+)-([a-z]+)-[0-9a-z]{6}$/.exec(id) ?? []
  return name === undefined || goal === undefined ? undefined : { name, goal }
}
