/** Who owns what a plan speaks of: whom to talk to when it is to blame. */
import type { Plan } from './plan.ts'

/** A stage, or one condition of it. */
export interface OwnedPlace {
  readonly stage?: string | null
  readonly condition?: string | null
}

/** The owner of a condition, else of its stage; undefined when nobody is named. */
export function ownerOf(plan: Plan, { stage, condition }: OwnedPlace): string | undefined {
  const found = plan.stages.find(({ name }) => name === stage)
  if (found === undefined) return undefined
  const asked = [...found.gates, ...found.conditions, ...found.guards]
  return asked.find(({ name }) => name === condition)?.owner ?? found.owner
}

/** A stage with its owner, for people: `db (owned by platform)`. */
export function ownedName(plan: Plan, place: OwnedPlace & { readonly stage: string }): string {
  const owner = ownerOf(plan, place)
  return owner === undefined ? place.stage : `${place.stage} (owned by ${owner})`
}

/** An owner, and what of theirs a change touches. */
export interface TouchedOwner {
  readonly owner: string
  /** As people point at it: `db`, `db/schema`, `settings.password`, `regions.eu`, `targets.ci`. */
  readonly places: readonly string[]
}
