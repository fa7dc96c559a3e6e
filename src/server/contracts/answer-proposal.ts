/**
 * In whose name a proposal is answered, and how one is shown: judged by who somebody has proved to be,
 * exactly as the approvals of ramps are. Only at the Unix socket do people say for whom they speak.
 */
import type { Identity } from '../access/identity.ts'
import { mayDo, type Resource } from '../access/permissions.ts'
import { type KnownHands, nameOf, otherNames, standsFor } from '../access/voice.ts'
import { etagOf } from '../wire/etags.ts'
import type { AskedOwner, ProposalStatus, ProposalView } from '../wire/proposals.ts'
import { type Answering, assessAnswer } from './decide-proposal.ts'
import type { Proposal } from './proposal.ts'
import { labelsOf, type Revisions } from './revisions.ts'

/** What is answered, and what whoever does so says of themselves. */
export interface Answer {
  readonly proposal: Proposal
  readonly approves: boolean
  readonly by?: string | undefined
  readonly as?: readonly string[] | undefined
  readonly why?: string | undefined
}

/** An answer as it is recorded. */
export async function voiceAnswer(
  hands: KnownHands,
  who: Identity,
  held: Revisions,
  { proposal, approves, by: claimed, as: claimedAs, why }: Answer,
): Promise<Answering> {
  const by = nameOf(who, claimed)
  const spoken = [proposal.by, ...proposal.words.map((word) => word.by)]
  const also = await otherNames(hands, { name: by, behind: who.behind }, spoken)
  const { kind, name } = held
  const resource = { kind, name, labels: labelsOf(held) }
  const as = proposal.owners
    .map(({ owner }) => owner)
    .filter((owner) => isOwner(who, resource, owner, { by: claimed, as: claimedAs }))
  return {
    ...{ proposal: proposal.proposal, by, as, also, approves },
    ...(why === undefined ? {} : { why }),
  }
}

/** Whether somebody is an owner of that name; what they claim counts only at the Unix socket. */
export function isOwner(
  who: Identity,
  resource: Resource,
  owner: string,
  claimed: { readonly by?: string | undefined; readonly as?: readonly string[] | undefined } = {},
): boolean {
  if (who.by === 'local') return owner === claimed.by || claimed.as?.includes(owner) === true
  return standsFor(who, resource, owner)
}

/** A proposal, as whoever asks sees it. */
export async function proposalView(
  hands: KnownHands,
  who: Identity,
  { held, proposal, nowMs }: Shown,
): Promise<ProposalView> {
  const { kind, name } = held
  const { ended, owners, ...common } = proposal
  // Whoever owns the machine may speak for anybody, once they say for whom.
  const as = who.by === 'local' ? { as: owners.map(({ owner }) => owner) } : {}
  const answering = await voiceAnswer(hands, who, held, { proposal, approves: true, ...as })
  const resource = { kind, name, labels: labelsOf(held) }
  const refusal = assessAnswer(held, answering, nowMs)
  const whyNot = mayDo(who, 'contracts.approve', resource)
    ? refusal?.sentence
    : `${who.name} is no approver of ${kind}/${name}.`
  return {
    ...{ kind, name, etag: proposalEtag(proposal, nowMs), ...common },
    owners: owners.map((asked): AskedOwner => {
      const word = proposal.words.find(({ as }) => as.includes(asked.owner))
      return word === undefined ? asked : { ...asked, by: word.by }
    }),
    status: statusOf(proposal, nowMs),
    ...(ended === undefined ? {} : { sentence: ended.sentence }),
    mayApprove: whyNot === undefined,
    ...(whyNot === undefined ? {} : { whyNot }),
  }
}

/** What is shown of which contract, when. */
export interface Shown {
  readonly held: Revisions
  readonly proposal: Proposal
  readonly nowMs: number
}

/** What somebody has seen of a proposal: it never stands so again once it has stood otherwise. */
export function proposalEtag(proposal: Proposal, nowMs: number): string {
  return etagOf(`${statusOf(proposal, nowMs)}-${proposal.words.length}`)
}

function statusOf({ ended, expiresAtMs }: Proposal, nowMs: number): ProposalStatus {
  if (ended !== undefined) return ended.reason
  return expiresAtMs <= nowMs ? 'expired' : 'open'
}
