/**
 * The entries of a contract's stream, `contract:<kind>/<name>`: its revisions, and those that were
 * proposed and wait for the word of whoever owns what they touch. What is open, and which words count,
 * is the fold of these alone.
 */
import type { TouchedOwner } from '../plan/owner.ts'
import type { Digest } from '../units/digest.ts'
import type { JsonObject } from '../units/json.ts'

/** An owner's word that counted. */
export interface OwnersWord {
  readonly by: string
  /** The owners in whose name it was said. */
  readonly as: readonly string[]
  readonly atMs: number
}

/** Why a proposal is not waited for any more. */
export type WithdrawnReason =
  | 'rejected'
  | 'withdrawn'
  | 'superseded'
  | 'contract-changed'
  | 'expired'

/** Every one of them says which contract it is of, so that it can be told who may see it. */
interface OfContract {
  readonly kind: string
  readonly name: string
}

/** Noted about a contract. */
export type ContractEntry =
  /** A revision was added. */
  | (OfContract & {
      readonly type: 'contract.amended'
      readonly digest: Digest
      /** The document as written. */
      readonly document: JsonObject
      /** Who proposed it, where it was proposed. */
      readonly by: string
      readonly why?: string
      /** The proposal that it was, and the words it took; absent: it took nobody's. */
      readonly proposal?: Digest
      readonly approvals?: readonly OwnersWord[]
    })
  /** A revision is wanted that touches what others own. It takes effect once each of them has said yes. */
  | (OfContract & {
      readonly type: 'contract.proposed'
      readonly digest: Digest
      readonly document: JsonObject
      readonly by: string
      readonly why?: string
      /** The revision that it was made upon; as soon as another is held, the proposal is void. */
      readonly replaces: Digest
      /** Whose word it takes, and for what. Never whom the proposer speaks for. */
      readonly owners: readonly TouchedOwner[]
      /** From then on nobody's word counts. @unit ms since 1970 */
      readonly expiresAtMs: number
    })
  /** Heard: somebody answered a proposal. What follows from it is in the same batch. */
  | (OfContract & {
      readonly type: 'contract.answered'
      /** Of the proposal that whoever speaks has seen. */
      readonly proposal: Digest
      readonly by: string
      /** The owners in whose name they speak; the server says it, not they. */
      readonly as: readonly string[]
      /** Other names that are, or may be, the same hand. Absent: none is known. */
      readonly also?: readonly string[]
      readonly approves: boolean
      readonly why?: string
    })
  /** A yes that counts. */
  | (OfContract & {
      readonly type: 'contract.counted'
      readonly proposal: Digest
      readonly by: string
      readonly as: readonly string[]
    })
  /** An answer that had no effect, and why. */
  | (OfContract & {
      readonly type: 'contract.refused'
      readonly by: string
      readonly reason: string
      readonly sentence: string
    })
  /** A proposal is not waited for any more. */
  | (OfContract & {
      readonly type: 'contract.withdrawn'
      readonly proposal: Digest
      /** Whose doing it was; absent: time's. */
      readonly by?: string
      readonly reason: WithdrawnReason
      readonly sentence: string
    })

/** Whether an entry is of a contract's stream. */
export function isOfContract<Entry extends { readonly type: string }>(
  entry: Entry,
): entry is Extract<Entry, { readonly type: ContractEntry['type'] }> {
  return (CONTRACT_TYPES as ReadonlySet<string>).has(entry.type)
}

/** The types of these entries. */
export const CONTRACT_TYPES: ReadonlySet<ContractEntry['type']> = new Set([
  'contract.amended',
  'contract.proposed',
  'contract.answered',
  'contract.counted',
  'contract.refused',
  'contract.withdrawn',
])
