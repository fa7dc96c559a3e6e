/** The shapes of scans that are published. Bounded in every member, since programs of many send them. */
import { z } from 'zod'
import type { PageOf } from '../../core/units/page-of.ts'
import {
  type FindingPlace,
  type PublishedClaim,
  type PublishedFinding,
  SCAN_LIMITS,
  type ScanConflict,
  type ScanConflictPage,
  type ScanPage,
  type ScanRequest,
  type ScanSummary,
  type ScanView,
} from '../wire/scans.ts'
import { CURSOR, limitOf, NEXT } from './paging.ts'
import { COUNT, ETAG, INSTANT, named } from './promised.ts'

const TEXT_MAX = 200
const SENTENCE_MAX = 1_000

/** What a scan is called: one part of a name as scopes have it. */
const SCAN_NAME = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a name of letters, digits, dots and dashes')

const TEXT = textOf(TEXT_MAX)
const SENTENCE = textOf(SENTENCE_MAX)
const PORT = z.number().int().min(1).max(65_535)
const PROTOCOL = z.enum(['tcp', 'udp'])
const SEVERITY = z.enum(['error', 'warning', 'note'])
const LINE = z.number().int().min(1).max(10_000_000)

/** What a terminal or a page would take for an instruction is no text. */
function textOf(most: number): z.ZodType<string> {
  return z
    .string()
    .max(most)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'has control characters')
}

const FILE = TEXT.refine(
  (path) => path !== '' && !/^[/~]|\\|^[A-Za-z]:/.test(path) && !path.split('/').includes('..'),
  'a path within the folder that was scanned, with slashes',
)

const PLACE = { file: FILE, line: LINE, column: LINE, service: TEXT, text: TEXT }

const SPAN = { first: PORT, last: PORT }

function isSpan({ first, last }: { readonly first: number; readonly last: number }): boolean {
  return first <= last
}

const CLAIM_WORDS = {
  ...PLACE,
  ...SPAN,
  protocol: PROTOCOL,
  scope: TEXT.describe('`host`, `node`, `cluster`, or `network …`.'),
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .max(16),
  instances: z.number().int().min(1).max(65_535).exactOptional(),
  environment: TEXT.exactOptional(),
  except: z.array(TEXT).max(20).exactOptional(),
  confidence: z.enum(['explicit', 'interpolated', 'default', 'heuristic']),
}

const CLAIM: z.ZodType<PublishedClaim> = named(
  'PublishedClaim',
  z.strictObject(CLAIM_WORDS).refine(isSpan, 'first is not after last'),
)

const FINDING_PLACE: z.ZodType<FindingPlace> = named('FindingPlace', z.strictObject(PLACE))

const FINDING: z.ZodType<PublishedFinding> = named(
  'PublishedFinding',
  z
    .strictObject({
      rule: TEXT.describe('For example `conflict`.'),
      severity: SEVERITY,
      ...SPAN,
      protocol: PROTOCOL,
      scope: TEXT,
      sentence: SENTENCE,
      remedy: SENTENCE,
      fingerprint: TEXT,
      places: z.array(FINDING_PLACE).min(1).max(SCAN_LIMITS.places),
      morePlaces: COUNT,
    })
    .refine(isSpan, 'first is not after last'),
)

/** `PUT /v1/scans/:name` */
export const SCAN_REQUEST: z.ZodType<ScanRequest> = named(
  'ScanRequest',
  z.strictObject({
    revision: TEXT.exactOptional().describe('What was scanned, such as a commit.'),
    findings: z.array(FINDING).max(SCAN_LIMITS.findings),
    moreFindings: COUNT.describe('How many are left out.'),
    claims: z.array(CLAIM).max(SCAN_LIMITS.claims),
    moreClaims: COUNT.describe('How many are left out.'),
    filesRead: COUNT,
  }),
)

export const SCAN_SUMMARY: z.ZodType<ScanSummary> = named(
  'ScanSummary',
  z.object({
    name: z.string(),
    etag: ETAG,
    by: z.string().describe('Who published it.'),
    atMs: INSTANT,
    revision: z.string().exactOptional(),
    errors: COUNT,
    warnings: COUNT,
    notes: COUNT,
    claims: COUNT,
  }),
)

export const SCAN_PAGE: z.ZodType<ScanPage> = named(
  'ScanPage',
  z.object({ scans: z.array(SCAN_SUMMARY).describe('By name.'), next: NEXT }),
)

export const SCAN_VIEW: z.ZodType<ScanView> = named(
  'ScanView',
  z.object({ summary: SCAN_SUMMARY, scan: SCAN_REQUEST }),
)

const CONFLICT: z.ZodType<ScanConflict> = named(
  'ScanConflict',
  z.object({
    ...SPAN,
    protocol: PROTOCOL,
    severity: SEVERITY,
    environment: z.string().exactOptional().describe('Where all are started; absent: none says.'),
    claims: z.array(z.object({ ...CLAIM_WORDS, scan: z.string() })),
    sentence: z.string(),
  }),
)

export const SCAN_CONFLICT_PAGE: z.ZodType<ScanConflictPage> = named(
  'ScanConflictPage',
  z.object({ conflicts: z.array(CONFLICT).describe('The worst first.'), next: NEXT }),
)

/** `/v1/scans/:name` */
export const SCAN_PARAMS: z.ZodType<{ readonly name: string }> = z.object({ name: SCAN_NAME })

/** Which conflicts. */
export interface ScanConflictsQuery extends PageOf {
  readonly scan?: string | undefined
}

/** `GET /v1/scan-conflicts` */
export const SCAN_CONFLICTS_QUERY: z.ZodType<ScanConflictsQuery> = z.strictObject({
  limit: limitOf(500, 100),
  cursor: CURSOR,
  scan: SCAN_NAME.optional().describe('Only those in which that one has a part.'),
})
