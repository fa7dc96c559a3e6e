/** The shapes of what waits for people. */
import { z } from 'zod'
import type { ApprovalPage, ApprovalView } from '../wire/approvals.ts'
import { CONTRACT_REFERENCE, DIGEST } from './contract.ts'
import { NEXT } from './paging.ts'
import { COUNT, ETAG, INSTANT, named } from './promised.ts'

/** A question that only people can answer. */
export const APPROVAL_VIEW: z.ZodType<ApprovalView> = named(
  'ApprovalView',
  z.object({
    ramp: z.string(),
    etag: ETAG.describe('Of the ramp: for `If-Match` with a word to it.'),
    contract: CONTRACT_REFERENCE,
    goal: z.string(),
    stage: z.string(),
    condition: z.string(),
    digest: DIGEST.describe("Of the ramp's plan: what is approved, and nothing else."),
    proposedBy: z.string(),
    from: z.array(z.string()).describe('Roles, groups or names, one of which must approve.'),
    count: COUNT.describe('How many must.'),
    words: z.array(z.object({ by: z.string(), approves: z.boolean(), atMs: INSTANT })),
    askedAtMs: INSTANT,
    expiresAtMs: INSTANT.exactOptional(),
    as: z.string().exactOptional().describe('Which of `from` whoever asks is; absent: none.'),
    mayApprove: z.boolean().describe('Whether whoever asks may.'),
    whyNot: z.string().exactOptional(),
  }),
)

/** `GET /v1/approvals` */
export const APPROVAL_PAGE: z.ZodType<ApprovalPage> = named(
  'ApprovalPage',
  z.object({ approvals: z.array(APPROVAL_VIEW), next: NEXT }),
)
