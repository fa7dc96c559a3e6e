/**
 * A proposal: a revision that touches what others than its proposer own, and what became of it. The fold
 * of the entries of its contract's stream; pure, so every replica and every restart reads the same.
 */
import type { ContractEntry, OwnersWord, WithdrawnReason } from '../../core/entry/contract-entry.ts'
import type { TouchedOwner } from '../../core/plan/owner.ts'
import { type Digest, digestOf } from '../../core/units/digest.ts'
import type { Json } from '../../core/units/json.ts'

/** A revision that is, or was, waited for. */
export interface Proposal {
  /** Of the proposal: who wants what instead of what, by whose word. This is what is answered. */
  readonly proposal: Digest
  /** Of the revision that is wanted. */
  readonly digest: Digest
  readonly replaces: Digest
  readonly by: string
  readonly why?: string
  readonly atMs: number
  readonly expiresAtMs: number
  readonly owners: readonly TouchedOwner[]
  /** The words that count so far. */
  readonly words: readonly OwnersWord[]
  /** Absent: it is open, unless it has expired meanwhile. */
  readonly ended?: ProposalEnd
}

/** How it ended. */
export interface ProposalEnd {
  readonly reason: 'amended' | WithdrawnReason
  readonly sentence: string
  readonly by?: string
  readonly atMs: number
}

type Proposed = Extract<ContractEntry, { type: 'contract.proposed' }> & { readonly atMs: number }
type Timed = ContractEntry & { readonly atMs: number }

/** What a proposal is known by: everything about it, so that no other has the same. */
export function proposalDigest(entry: Proposed): Digest {
  const { kind, name, digest, replaces, by, owners, atMs, expiresAtMs } = entry
  return digestOf({
    kind,
    name,
    digest,
    replaces,
    by,
    owners,
    atMs,
    expiresAtMs,
  } as unknown as Json)
}

/** Folds one more entry of the contract's stream; oldest proposals first, only the last can be open. */
export function foldProposals(folded: readonly Proposal[], entry: Timed): readonly Proposal[] {
  switch (entry.type) {
    case 'contract.proposed':
      return [...ending(folded, superseded(entry)), proposalOf(entry)]
    case 'contract.counted': {
      const { proposal, by, as, atMs } = entry
      return folded.map((one) =>
        one.proposal === proposal ? { ...one, words: [...one.words, { by, as, atMs }] } : one,
      )
    }
    case 'contract.withdrawn': {
      const { proposal, reason, sentence, by, atMs } = entry
      const ended = { reason, sentence, atMs, ...(by === undefined ? {} : { by }) }
      return ending(folded, ended, proposal)
    }
    case 'contract.amended':
      return ending(folded, amended(folded, entry))
    default:
      return folded
  }
}

/** The one that waits for words now. */
export function openProposal(proposals: readonly Proposal[], nowMs: number): Proposal | undefined {
  const last = unendedProposal(proposals)
  return last === undefined || last.expiresAtMs <= nowMs ? undefined : last
}

/** The one that nothing has ended yet, expired or not. */
export function unendedProposal(proposals: readonly Proposal[]): Proposal | undefined {
  const last = proposals.at(-1)
  return last?.ended === undefined ? last : undefined
}

/** The owners whose word is still missing. */
export function missingOwners({ owners, words }: Proposal): readonly TouchedOwner[] {
  const said = new Set(words.flatMap(({ as }) => as))
  return owners.filter(({ owner }) => !said.has(owner))
}

function proposalOf(entry: Proposed): Proposal {
  const { digest, replaces, by, why, owners, atMs, expiresAtMs } = entry
  return {
    ...{ proposal: proposalDigest(entry), digest, replaces, by, atMs, expiresAtMs, owners },
    ...(why === undefined ? {} : { why }),
    words: [],
  }
}

/** Ends whatever is open, or only one proposal. */
function ending(
  folded: readonly Proposal[],
  ended: ProposalEnd,
  only?: Digest,
): readonly Proposal[] {
  return folded.map((one) =>
    one.ended === undefined && (only === undefined || one.proposal === only)
      ? { ...one, ended }
      : one,
  )
}

function superseded({ by, atMs }: Proposed): ProposalEnd {
  return { reason: 'superseded', sentence: `${by} proposed another revision.`, by, atMs }
}

function amended(
  folded: readonly Proposal[],
  entry: Extract<Timed, { type: 'contract.amended' }>,
): ProposalEnd {
  const { by, atMs, proposal } = entry
  const isIt = proposal !== undefined && unendedProposal(folded)?.proposal === proposal
  return isIt
    ? { reason: 'amended', sentence: 'Everybody whose word it takes has said yes.', atMs }
    : { reason: 'contract-changed', sentence: `${by} amended the contract.`, by, atMs }
}
