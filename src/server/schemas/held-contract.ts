/** The shapes of everything about contracts that the server holds. */
import { z } from 'zod'
import type {
  AppliedContract,
  ApplyReply,
  ApplyRequest,
  ComparisonView,
  ContractPage,
  ContractSummary,
  ContractUse,
  Issue,
  PlanReply,
  PlanRequest,
  RevisionPage,
  RevisionSummary,
  RevisionView,
} from '../wire/contracts.ts'
import { DIGEST, JSON_OBJECT, NAME } from './contract.ts'
import { DIFFERENCE } from './difference.ts'
import { COUNT, INSTANT, named } from './promised.ts'
import { AS_OWNERS, OWNERS_WORD, TOUCHED_OWNER } from './proposal.ts'
import { PLAN } from './ramp-state.ts'

const TEXT_MAX = 10_000
const DOCUMENTS_MAX = 1_000
const SOURCE_MAX = 1_048_576

const summary = {
  kind: z.string(),
  name: z.string(),
  digest: DIGEST,
  number: COUNT.describe('1 for the first revision, then one more each.'),
  by: z.string(),
  atMs: INSTANT,
  why: z.string().exactOptional(),
  approvals: z.array(OWNERS_WORD).exactOptional().describe('Whose word it took.'),
}

const REVISION_SUMMARY: z.ZodType<RevisionSummary> = named('RevisionSummary', z.object(summary))

export const REVISION_VIEW: z.ZodType<RevisionView> = named(
  'Revision',
  z.object({
    ...summary,
    document: JSON_OBJECT.describe('As written, with the parts it uses read into it.'),
  }),
)

const CONTRACT_SUMMARY: z.ZodType<ContractSummary> = named(
  'ContractSummary',
  z.object({
    ...summary,
    labels: z.record(z.string(), z.string()),
    lastRamp: z.string().exactOptional().describe('Its latest ramp that is no watch.'),
  }),
)

const next = z.string().exactOptional().describe('The cursor of the next page; absent: none.')

export const CONTRACT_PAGE: z.ZodType<ContractPage> = named(
  'ContractPage',
  z.object({ contracts: z.array(CONTRACT_SUMMARY), next }),
)

export const REVISION_PAGE: z.ZodType<RevisionPage> = named(
  'RevisionPage',
  z.object({ revisions: z.array(REVISION_SUMMARY).describe('Newest first.'), next }),
)

export const COMPARISON: z.ZodType<ComparisonView> = named(
  'RevisionComparison',
  z.object({ from: REVISION_SUMMARY, to: REVISION_SUMMARY, ...DIFFERENCE }),
)

const CONTRACT_USE: z.ZodType<ContractUse> = named(
  'ContractUse',
  z.object({
    kind: z.string(),
    name: z.string(),
    component: z.string(),
    revision: DIGEST,
    owner: z.string().exactOptional(),
  }),
)

const APPLIED: z.ZodType<AppliedContract> = named(
  'AppliedContract',
  z.object({
    kind: z.string(),
    name: z.string(),
    outcome: z.enum(['created', 'amended', 'proposed', 'unchanged']),
    digest: DIGEST,
    replaces: DIGEST.exactOptional(),
    ...DIFFERENCE,
    touches: z.array(z.string()).describe('Ramps under way; they keep the revision they have.'),
    usedBy: z.array(CONTRACT_USE).describe('Held contracts that use it as a part.'),
    owners: z.array(TOUCHED_OWNER).exactOptional().describe('Whose word it takes.'),
    proposal: DIGEST.exactOptional().describe('What they answer.'),
  }),
)

const ISSUE: z.ZodType<Issue> = named(
  'ContractIssue',
  z.object({
    code: z.string(),
    file: z.string(),
    line: COUNT.exactOptional(),
    column: COUNT.exactOptional(),
    path: z.string(),
    message: z.string(),
    expected: z.string().exactOptional(),
    found: z.string().exactOptional(),
    nearest: z.string().exactOptional(),
  }),
)

export const APPLY_REPLY: z.ZodType<ApplyReply> = named(
  'Application',
  z.object({
    dryRun: z.boolean(),
    contracts: z.array(APPLIED),
    issues: z.array(ISSUE).exactOptional().describe('What is wrong; only of a dry run.'),
  }),
)

/** `POST /v1/apply` */
export const APPLY: z.ZodType<ApplyRequest> = named(
  'ApplyContracts',
  z
    .strictObject({
      documents: z.array(JSON_OBJECT).max(DOCUMENTS_MAX).exactOptional(),
      sources: z
        .array(z.strictObject({ path: NAME, text: z.string().max(SOURCE_MAX) }))
        .max(DOCUMENTS_MAX)
        .exactOptional()
        .describe('Texts, so that issues have lines and columns.'),
      expects: z
        .array(z.strictObject({ kind: NAME, name: NAME, digest: DIGEST.nullable() }))
        .max(DOCUMENTS_MAX)
        .exactOptional()
        .describe('What was seen before; refused with 412 when it is otherwise by now.'),
      by: NAME.exactOptional().describe('Counts only over the Unix socket.'),
      as: AS_OWNERS.exactOptional().describe(
        'Owners in whose name it is applied; counts only over the Unix socket.',
      ),
      dryRun: z.boolean().exactOptional().describe('Only say what would happen.'),
      why: z.string().max(TEXT_MAX).exactOptional(),
    })
    .refine(
      ({ documents = [], sources = [] }) => documents.length + sources.length > 0,
      'expected documents or sources',
    ),
)

/** `POST /v1/contracts/:kind/:name/plan` */
export const PLAN_REQUEST: z.ZodType<PlanRequest> = named(
  'PlanContract',
  z.strictObject({
    goal: NAME,
    target: NAME.exactOptional(),
    digest: DIGEST.exactOptional().describe('Which revision; the latest when not given.'),
  }),
)

export const PLAN_REPLY: z.ZodType<PlanReply> = named(
  'PlannedContract',
  z.object({ digest: DIGEST.describe('Of the plan.'), plan: PLAN }),
)
