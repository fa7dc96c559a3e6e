/** What changes from one revision of a contract to another: place by place, and what it means. Pure. */
import { consequencesOf } from '../../contracts/consequences.ts'
import { documentChanges } from '../../contracts/document-changes.ts'
import { withoutParts } from '../../contracts/environment/part.ts'
import { type AnyContract, parseContracts } from '../../contracts/index.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { ComparisonView, RevisionView } from '../wire/contracts.ts'

/** What differs between two documents. */
export type Difference = Pick<ComparisonView, 'changes' | 'consequences'>

/** Compares two revisions. */
export function compareRevisions(before: RevisionView, after: RevisionView): ComparisonView {
  const { document: old, ...from } = before
  const { document: young, ...to } = after
  return { from, to, ...compareHeld(old, young) }
}

/** Compares two documents that are held, or are to be. */
export function compareHeld(before: JsonObject, after: JsonObject): Difference {
  const changes = documentChanges(withoutParts(before), withoutParts(after))
  const [old, young] = [heldContract(before), heldContract(after)]
  if (old === undefined || young === undefined) return { changes, consequences: [NOT_UNDERSTOOD] }
  return { changes, consequences: consequencesOf(old, young) }
}

/** A contract that is held; undefined when this version cannot read it any more. */
export function heldContract(document: JsonObject): AnyContract | undefined {
  const { contracts, issues } = parseContracts([{ path: 'contract', value: document }])
  return issues.length === 0 ? contracts[0] : undefined
}

const NOT_UNDERSTOOD =
  'One of the revisions is not valid in this version, so what the change means is unknown.'
