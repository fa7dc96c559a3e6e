/** The shapes of entries, and of where they stand in the ledger. */
import { z } from 'zod'
import type { Cause, Entry, Word } from '../../core/entry/entry.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type {
  EntryPage,
  LedgerPage,
  LedgerProof,
  Recorded,
  StreamPage,
  StreamSummary,
  Verification,
} from '../wire.ts'
import { DIGEST, JSON_OBJECT, NAME } from './contract.ts'
import { NEXT } from './paging.ts'
import { COUNT, INSTANT, named, promised } from './promised.ts'

const TEXT_MAX = 10_000

export const ANSWER: z.ZodType<Answer> = named(
  'Answer',
  z.object({
    verdict: z.enum(['passed', 'failed', 'inconclusive', 'errored']),
    outlook: z.enum(['notYet', 'terminal']),
    reason: z.string().describe('One kebab-case word for grouping.'),
    sentence: z.string(),
    evidence: JSON_OBJECT,
  }),
)

export const CAUSE: z.ZodType<Cause> = named(
  'Cause',
  z.object({
    reason: z.string().describe('One kebab-case word, for example `deadline`.'),
    sentence: z.string(),
    stage: z.string().exactOptional(),
    condition: z.string().exactOptional(),
    answer: ANSWER.exactOptional(),
  }),
)

const why = z.string().max(TEXT_MAX)
const approval = {
  stage: NAME,
  condition: NAME,
  digest: DIGEST,
  as: NAME.describe('Counts only over the Unix socket.'),
}

/** What somebody may say to a ramp. */
export const WORD: z.ZodType<Word> = named(
  'Word',
  z.discriminatedUnion('say', [
    z.strictObject({ say: z.literal('approve'), ...approval }),
    z.strictObject({ say: z.literal('reject'), ...approval }),
    z.strictObject({ say: z.literal('hold'), why }),
    z.strictObject({
      say: z.literal('resume'),
      why,
      stage: NAME.exactOptional().describe('Of those that failed, only that one is tried again.'),
    }),
    z.strictObject({
      say: z.literal('abort'),
      undo: z.boolean().describe('Whether to take back what was done, or leave it as it stands.'),
      why,
    }),
  ]),
)

export const ENTRY: z.ZodType<Entry> = promised(
  'Entry',
  z
    .looseObject({
      type: z.string().describe('For example `stage.ready`; further members depend on it.'),
      atMs: INSTANT,
    })
    .describe('One word of the ledger. src/core/entry/entry.ts names the types and their members.'),
)

const HASH = z.string().regex(/^[0-9a-f]{64}$/)

export const RECORDED: z.ZodType<Recorded> = named(
  'Recorded',
  z.object({
    position: COUNT.describe('Place in the whole ledger, from 1, without gaps.'),
    stream: z.string().describe("A ramp's id, `contract:<kind>/<name>` or `access`."),
    sequence: COUNT.describe('Place in its stream, from 1, without gaps.'),
    entry: ENTRY,
    hash: HASH.describe("SHA-256 over the previous entry's hash, this entry and its place."),
  }),
)

const PAGE = z.object({
  entries: z.array(RECORDED),
  more: z.boolean().describe('Whether there were more to give when this was read.'),
  next: NEXT,
})

export const ENTRY_PAGE: z.ZodType<EntryPage> = named('EntryPage', PAGE)

export const LEDGER_PAGE: z.ZodType<LedgerPage> = named(
  'LedgerPage',
  PAGE.extend({ end: COUNT.describe('The position of the last entry of all; 0: there is none.') }),
)

export const STREAM_SUMMARY: z.ZodType<StreamSummary> = promised(
  'StreamSummary',
  z.object({
    stream: z.string(),
    sequence: COUNT,
    openedAtMs: INSTANT,
    lastAtMs: INSTANT,
    lastType: z.string(),
  }),
)

/** `GET /v1/ledger/streams` */
export const STREAM_PAGE: z.ZodType<StreamPage> = named(
  'StreamPage',
  z.object({ streams: z.array(STREAM_SUMMARY), next: NEXT }),
)

const PROBLEMS = [
  'altered',
  'removed',
  'reordered',
  'checkpoint-mismatch',
  'signature-invalid',
] as const

export const VERIFICATION: z.ZodType<Verification> = named(
  'Verification',
  z.discriminatedUnion('verdict', [
    z.object({
      verdict: z.literal('intact'),
      entries: COUNT,
      checkpoints: COUNT,
      head: z.string(),
    }),
    z.object({
      verdict: z.literal('broken'),
      position: COUNT.describe('The first bad position.'),
      problem: z.enum(PROBLEMS),
      sentence: z.string(),
    }),
  ]),
)

export const LEDGER_PROOF: z.ZodType<LedgerProof> = named(
  'LedgerProof',
  z.object({
    position: COUNT,
    previousHash: HASH.describe('The hash of the entry before it.'),
    entries: z.array(RECORDED).describe('From the entry itself to the one the checkpoint names.'),
    checkpoint: z.object({
      number: COUNT,
      position: COUNT,
      hash: HASH,
      atMs: INSTANT,
      publicKey: z.string().describe('The raw Ed25519 public key, base64.'),
      signature: z
        .string()
        .describe(
          'Over the lines `rampart checkpoint`, number, position, hash, atMs and publicKey; base64.',
        ),
    }),
  }),
)
