/** The shapes of amendments that wait for the word of owners. */
import { z } from 'zod'
import type { OwnersWord } from '../../core/entry/contract-entry.ts'
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { Digest } from '../../core/units/digest.ts'
import type {
  AnsweredProposal,
  AnswerProposal,
  AskedOwner,
  ProposalDetail,
  ProposalPage,
  ProposalView,
} from '../wire/proposals.ts'
import { DIGEST, NAME } from './contract.ts'
import type { ContractParams } from './contract-queries.ts'
import { DIFFERENCE } from './difference.ts'
import { NEXT } from './paging.ts'
import { ETAG, INSTANT, named } from './promised.ts'

const WHY_MAX = 10_000
const OWNERS_MAX = 100

/** Owners in whose name somebody speaks. */
export const AS_OWNERS: z.ZodType<readonly string[]> = z.array(NAME).max(OWNERS_MAX)

const touched = {
  owner: z.string(),
  places: z.array(z.string()).describe('For example `db`, `db/schema`, `settings.password`.'),
}

export const TOUCHED_OWNER: z.ZodType<TouchedOwner> = named('TouchedOwner', z.object(touched))

export const OWNERS_WORD: z.ZodType<OwnersWord> = named(
  'OwnersWord',
  z.object({ by: z.string(), as: z.array(z.string()), atMs: INSTANT }),
)

const ASKED_OWNER: z.ZodType<AskedOwner> = named(
  'AskedOwner',
  z.object({ ...touched, by: z.string().exactOptional().describe('Who has said yes for them.') }),
)

const STATUSES = [
  ...(['open', 'amended', 'rejected', 'withdrawn'] as const),
  ...(['superseded', 'contract-changed', 'expired'] as const),
] as const

const proposal = {
  kind: z.string(),
  name: z.string(),
  proposal: DIGEST.describe('Of the proposal: what is answered, and nothing else.'),
  etag: ETAG,
  digest: DIGEST.describe('Of the revision that is wanted.'),
  replaces: DIGEST.describe('The revision that it was made upon.'),
  by: z.string(),
  why: z.string().exactOptional(),
  atMs: INSTANT,
  expiresAtMs: INSTANT,
  owners: z.array(ASKED_OWNER).describe('Each of them must say yes.'),
  words: z.array(OWNERS_WORD).describe('Those that count so far.'),
  status: z.enum(STATUSES),
  sentence: z.string().exactOptional().describe('How it ended.'),
  mayApprove: z.boolean().describe('Whether whoever asks may.'),
  whyNot: z.string().exactOptional(),
}

const PROPOSAL_VIEW: z.ZodType<ProposalView> = named('ProposalView', z.object(proposal))

export const PROPOSAL_DETAIL: z.ZodType<ProposalDetail> = named(
  'ProposalDetail',
  z.object({ ...proposal, ...DIFFERENCE }),
)

export const PROPOSAL_PAGE: z.ZodType<ProposalPage> = named(
  'ProposalPage',
  z.object({ proposals: z.array(PROPOSAL_VIEW), next: NEXT }),
)

/** `/v1/contracts/:kind/:name/proposals/:proposal` */
export const PROPOSAL_PARAMS: z.ZodType<ContractParams & { readonly proposal: Digest }> = z.object({
  kind: NAME,
  name: NAME,
  proposal: DIGEST,
})

/** `POST /v1/contracts/:kind/:name/proposals/:proposal/answers` */
export const ANSWER_PROPOSAL: z.ZodType<AnswerProposal> = named(
  'AnswerProposal',
  z.strictObject({
    say: z.enum(['approve', 'reject']),
    why: z.string().max(WHY_MAX).exactOptional(),
    by: NAME.exactOptional().describe('Counts only over the Unix socket.'),
    as: AS_OWNERS.exactOptional().describe('Counts only over the Unix socket.'),
  }),
)

export const ANSWERED_PROPOSAL: z.ZodType<AnsweredProposal> = named(
  'AnsweredProposal',
  z.object({
    refusal: z
      .object({ reason: z.string(), sentence: z.string() })
      .exactOptional()
      .describe('Why it had no effect; absent: it had one.'),
    proposal: PROPOSAL_VIEW,
  }),
)
