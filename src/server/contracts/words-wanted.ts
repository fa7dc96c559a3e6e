/**
 * Whose word it takes to replace what is held, as the server knows whoever wants to: what they own
 * themselves takes nobody else's. Pure.
 */
import { type AnyContract, ownersTouched } from '../../contracts/index.ts'
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { Resource } from '../access/permissions.ts'
import { heldContract } from './compare-revisions.ts'
import { ownersIn } from './pages.ts'
import { labelsOf, type Revisions } from './revisions.ts'

/** Whoever wants it. */
export interface PossibleOwner {
  /** Whether they are an owner of that name, over a contract. */
  isOwner(owner: string, resource: Resource): boolean
}

/** Everybody else whose word it takes; empty: nobody's. */
export function wordsWanted(
  held: Revisions,
  wanted: AnyContract,
  who: PossibleOwner,
): readonly TouchedOwner[] {
  const { kind, name } = held
  const resource = { kind, name, labels: labelsOf(held) }
  return ownersOf(held, wanted).filter(({ owner }) => !who.isOwner(owner, resource))
}

function ownersOf(held: Revisions, wanted: AnyContract): readonly TouchedOwner[] {
  const before = heldContract(held.document)
  if (before !== undefined) return ownersTouched(before, wanted)
  // What this version cannot read any more may be touched anywhere.
  return [...ownersIn(held.document)].sort().map((owner) => ({ owner, places: ['all of it'] }))
}
