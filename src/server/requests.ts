/** The shapes of what may be sent to the daemon. Unknown members are errors. */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { RampsWanted } from './ramp-index.ts'
import { JSON_VALUE, NAME as name } from './schemas/contract.ts'
import { HELD_REFERENCE } from './schemas/contract-queries.ts'
import { WORD } from './schemas/entry.ts'
import { CURSOR, limitOf } from './schemas/paging.ts'
import { named } from './schemas/promised.ts'
import { OUTCOMES, RAMP_PHASES } from './schemas/ramp.ts'
import type { OpenRampRequest, SayRequest } from './wire.ts'

/** `POST /v1/ramps` */
export const OPEN_RAMP: z.ZodType<OpenRampRequest> = named(
  'OpenRampRequest',
  z.strictObject({
    contract: z
      .union([HELD_REFERENCE, JSON_VALUE])
      .describe('The document as written, or a contract that the server holds, by name.'),
    directory: z
      .string()
      .refine(isAbsolute, 'must be an absolute path')
      .exactOptional()
      .describe("Absolute folder in which the contract's relative paths begin."),
    goal: z.enum(['up', 'down']),
    target: name.exactOptional(),
    settings: z.record(name, z.string()),
    by: name.describe('Counts only over the Unix socket.'),
  }),
)

/** `POST /v1/ramps/:id/words` */
export const SAY: z.ZodType<SayRequest> = named(
  'SayRequest',
  z.strictObject({ by: name.describe('Counts only over the Unix socket.'), word: WORD }),
)

/** The ramp that a path is about. */
export interface RampParams {
  readonly ramp: string
}

/** `/v1/ramps/:ramp…` */
export const RAMP_PARAMS: z.ZodType<RampParams> = z.object({
  ramp: z
    .string()
    .min(1)
    .max(500)
    .describe("An id, a beginning of one, `latest`, or a contract's name."),
})

const count = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** Where a page or a stream begins, and how long a page may be. */
export interface PageQuery {
  readonly after: number
  readonly limit: number
  /** `next` of the page before, in the place of `after`. */
  readonly cursor?: number | undefined
}

/** Entries, page by page. */
export const PAGE: z.ZodType<PageQuery> = z.strictObject({
  after: count.default(0).describe('The last one that was seen.'),
  limit: count.min(1).max(5_000).default(1_000),
  cursor: count.optional().describe('`next` of the page before, in the place of `after`.'),
})

/** `GET /v1/ramps` */
export const RAMPS: z.ZodType<RampsWanted> = z.strictObject({
  limit: limitOf(500, 20),
  cursor: CURSOR,
  contract: name.optional().describe('By name, or by kind and name: `Environment/shop`.'),
  find: name
    .optional()
    .describe('Whose id or contract has this in it, in any case; a kind only before a slash.'),
  phase: z
    .union([z.enum(RAMP_PHASES), z.array(z.enum(RAMP_PHASES)).min(1)])
    .optional()
    .describe('One of these; may be given several times.'),
  outcome: z.enum(OUTCOMES).optional(),
  by: name.optional().describe('Who proposed it.'),
  owner: name.optional().describe('Who owns what caused it to hold, or to end so.'),
  since: count.optional().describe('With entries from then on; milliseconds since 1970, UTC.'),
})

/** Where a stream begins. */
export interface AfterQuery {
  readonly after: number
}

/** `GET /v1/ramps/:id/stream`, `GET /v1/ledger/export` */
export const AFTER: z.ZodType<AfterQuery> = z.strictObject({ after: count.default(0) })

/** Which lines of which component. */
export interface LogsRequest {
  readonly subject?: string | undefined
  readonly tail: number
  readonly follow: boolean
}

/** `GET /v1/logs` */
export const LOGS: z.ZodType<LogsRequest> = z.strictObject({
  subject: name.optional(),
  tail: count.max(1_000_000).default(10_000),
  follow: z.stringbool().default(false),
})

/** `GET /v1/ledger/proof/:position` */
export const POSITION_PARAMS: z.ZodType<{ readonly position: number }> = z.object({
  position: count.min(1),
})
