/**
 * Deciding upon proposals: what an amendment becomes, and what an answer does. Pure: the entries that
 * follow from what is held, at an instant. Whoever appends them does so only upon exactly that.
 */
import type { ContractEntry, OwnersWord, WithdrawnReason } from '../../core/entry/contract-entry.ts'
import { present } from '../../core/fault/assert.ts'
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { Refusal } from '../../core/ramp/decide-word.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { missingOwners, openProposal, type Proposal, unendedProposal } from './proposal.ts'
import type { ContractName, Revisions } from './revisions.ts'
import { latestOf } from './revisions.ts'

/** How long a proposal is waited for. @unit ms */
const PROPOSAL_MS: number = 14 * 86_400_000

/** A revision that somebody wants. */
export interface WantedRevision extends ContractName {
  readonly document: JsonObject
  readonly digest: Digest
  readonly by: string
  readonly why?: string
}

/** Somebody's answer to a proposal, with what the server knows of who they are. */
export interface Answering {
  /** Of the proposal that they have seen. */
  readonly proposal: Digest
  readonly by: string
  /** Those of its owners in whose name they speak. */
  readonly as: readonly string[]
  /** Other names that are, or may be, the same hand. */
  readonly also: readonly string[]
  readonly approves: boolean
  readonly why?: string
}

/** What follows when a revision is wanted; empty: nothing is to be done. */
export function decideAmendment(
  held: Revisions | undefined,
  wanted: WantedRevision,
  owners: readonly TouchedOwner[],
  nowMs: number,
): readonly ContractEntry[] {
  const latest = held && latestOf(held)
  if (latest?.digest === wanted.digest) return []
  const { kind, name, digest, document, by, why } = wanted
  const revision = { kind, name, digest, document, by, ...(why === undefined ? {} : { why }) }
  if (held === undefined || latest === undefined || owners.length === 0) {
    const sentence = `${by} amended the contract.`
    const ended = held && endOpen(held, { reason: 'contract-changed', sentence, by }, nowMs)
    return [...(ended ?? []), { type: 'contract.amended', ...revision }]
  }
  const open = openProposal(held.proposals, nowMs)
  // Whoever asks for the same again waits on with the words that were said.
  if (open?.digest === digest && open.by === by && sameOwners(open.owners, owners)) return []
  const sentence = `${by} proposed another revision.`
  return [
    ...endOpen(held, { reason: 'superseded', sentence, by }, nowMs),
    {
      type: 'contract.proposed',
      ...revision,
      ...{ replaces: latest.digest, owners, expiresAtMs: nowMs + PROPOSAL_MS },
    },
  ]
}

/** What follows from an answer, the answer itself first. */
export function decideAnswer(
  held: Revisions,
  answering: Answering,
  nowMs: number,
): readonly ContractEntry[] {
  const { kind, name } = held
  const { proposal, by, as, also, approves, why } = answering
  const heard: ContractEntry = {
    ...{ type: 'contract.answered', kind, name, proposal, by, as, approves },
    ...(also.length === 0 ? {} : { also }),
    ...(why === undefined || why === '' ? {} : { why }),
  }
  const refusal = assessAnswer(held, answering, nowMs)
  if (refusal !== undefined) {
    return [heard, { type: 'contract.refused', kind, name, by, ...refusal }]
  }
  if (!approves) {
    const own = by === openIn(held, nowMs).by
    const end = own ? ('withdrawn' as const) : ('rejected' as const)
    const sentence = `${by} ${own ? 'withdrew' : 'rejected'} it${why === undefined || why === '' ? '.' : `: ${why}`}`
    return [heard, ...endOpen(held, { reason: end, sentence, by }, nowMs)]
  }
  const counted: ContractEntry = { type: 'contract.counted', kind, name, proposal, by, as }
  return [heard, counted, ...completed(held, { by, as, atMs: nowMs }, nowMs)]
}

/** Why an answer has no effect; undefined: it has one. Also used to warn beforehand. */
export function assessAnswer(
  held: Revisions,
  answering: Answering,
  nowMs: number,
): Refusal | undefined {
  const { proposal: seen, by, as, also, approves } = answering
  const open = openProposal(held.proposals, nowMs)
  if (open?.proposal !== seen) return notOpen(held, seen, nowMs)
  const hand = [by, ...also]
  const isOwn = hand.includes(open.by)
  if (isOwn && approves) {
    const same = open.by === by ? '' : `, as ${open.by}`
    const sentence = `${by} proposed it${same}, so another must approve it.`
    return { reason: 'own-proposal', sentence }
  }
  const owners = open.owners.map(({ owner }) => owner)
  if (as.length === 0 && !isOwn) {
    const sentence = `${by} speaks for none of its owners; it takes the word of ${owners.join(', ')}.`
    return { reason: 'not-entitled', sentence }
  }
  if (!approves) return undefined
  const missing = missingOwners(open).map(({ owner }) => owner)
  if (as.some((owner) => missing.includes(owner))) return undefined
  const sentence = `${as.join(', ')} has said yes already; it waits for ${missing.join(', ')}.`
  return { reason: 'said-already', sentence }
}

function notOpen({ proposals }: Revisions, seen: Digest, nowMs: number): Refusal {
  const known = proposals.find(({ proposal }) => proposal === seen)
  const isExpired = known !== undefined && known.ended === undefined && known.expiresAtMs <= nowMs
  if (isExpired) {
    return { reason: 'proposal-expired', sentence: 'The proposal has expired; apply it again.' }
  }
  if (known?.ended !== undefined) {
    const { reason, sentence } = known.ended
    return { reason: 'proposal-ended', sentence: `The proposal has ended (${reason}): ${sentence}` }
  }
  return { reason: 'other-digest', sentence: `No proposal ${seen} was ever made of this contract.` }
}

/** The amendment, once nobody's word is missing. */
function completed(held: Revisions, word: OwnersWord, nowMs: number): readonly ContractEntry[] {
  const open = openIn(held, nowMs)
  const words = [...open.words, word]
  if (missingOwners({ ...open, words }).length > 0) return []
  const { kind, name, proposed } = held
  const document = present(proposed, 'an open proposal has a document')
  const { digest, by, why, proposal } = open
  return [
    {
      ...{ type: 'contract.amended', kind, name, digest, document, by },
      ...(why === undefined ? {} : { why }),
      ...{ proposal, approvals: words },
    },
  ]
}

interface Ending {
  readonly reason: WithdrawnReason
  readonly sentence: string
  readonly by: string
}

/** Ends what is open; what has run out of time meanwhile is told as that. */
function endOpen(held: Revisions, ending: Ending, nowMs: number): readonly ContractEntry[] {
  const { kind, name } = held
  const open = unendedProposal(held.proposals)
  if (open === undefined) return []
  const common = { type: 'contract.withdrawn', kind, name, proposal: open.proposal } as const
  if (open.expiresAtMs > nowMs) return [{ ...common, ...ending }]
  return [{ ...common, reason: 'expired', sentence: 'Nobody said enough about it in time.' }]
}

function openIn({ proposals }: Revisions, nowMs: number): Proposal {
  return present(openProposal(proposals, nowMs), 'an answer that is not refused is to a proposal')
}

function sameOwners(one: readonly TouchedOwner[], other: readonly TouchedOwner[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
