/** The shapes of everything about ramps. */
import { z } from 'zod'
import type {
  CircumstanceReply,
  OpenRampReply,
  RampPage,
  RampSummary,
  RampView,
  SayReply,
} from '../wire.ts'
import { CONTRACT_REFERENCE } from './contract.ts'
import { ENTRY } from './entry.ts'
import { COUNT, INSTANT, named, promised } from './promised.ts'
import { RAMP_STATE } from './ramp-state.ts'

export const OPEN_RAMP_REPLY: z.ZodType<OpenRampReply> = named(
  'OpenedRamp',
  z.object({ ramp: z.string() }),
)

/** How a ramp stands, in one word. */
export const RAMP_PHASES = ['moving', 'watching', 'held', 'undoing', 'ended'] as const

/** How a ramp ended. */
export const OUTCOMES = ['reached', 'undone', 'abandoned'] as const

export const RAMP_SUMMARY: z.ZodType<RampSummary> = named(
  'RampSummary',
  z.object({
    ramp: z.string(),
    contract: CONTRACT_REFERENCE,
    goal: z.string(),
    phase: z.enum(RAMP_PHASES),
    outcome: z.enum(OUTCOMES).exactOptional(),
    by: z.string(),
    openedAtMs: INSTANT,
    latestMs: INSTANT.describe('When its last entry was written.'),
    endedAtMs: INSTANT.exactOptional(),
    cause: z.string().exactOptional().describe('Why it holds, is being undone, or ended so.'),
    owner: z.string().exactOptional().describe('Who owns what caused it.'),
  }),
)

export const RAMP_PAGE: z.ZodType<RampPage> = named(
  'RampPage',
  z.object({
    ramps: z.array(RAMP_SUMMARY).describe('Newest first.'),
    next: z.string().exactOptional().describe('The cursor of the next page; absent: the last one.'),
  }),
)

export const RAMP_VIEW: z.ZodType<RampView> = named(
  'RampView',
  z.object({ state: RAMP_STATE, nowMs: INSTANT }),
)

export const SAY_REPLY: z.ZodType<SayReply> = named(
  'SaidWord',
  z.object({
    sequence: COUNT.describe('Where in its stream the word stands.'),
    refusal: z
      .object({ reason: z.string(), sentence: z.string() })
      .exactOptional()
      .describe('Why it had no effect; absent: it had one.'),
    decided: z.array(ENTRY),
  }),
)

export const CIRCUMSTANCE_REPLY: z.ZodType<CircumstanceReply> = promised(
  'RampCircumstances',
  z.object({
    circumstances: z
      .looseObject({
        settings: z.record(z.string(), z.string()),
        releases: z.record(z.string(), z.record(z.string(), z.string())),
        samples: z.array(z.looseObject({ atMs: INSTANT, spanMs: COUNT })),
      })
      .exactOptional()
      .describe('Absent: nobody recorded it.'),
  }),
)
