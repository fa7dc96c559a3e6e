/** Shapes that everything about contracts shares. */
import { z } from 'zod'
import type { ContractReference } from '../../core/plan/plan.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { named, promised } from './promised.ts'

/** Names of contracts, stages, people and the like. */
export const NAME: z.ZodString = z.string().min(1).max(200)

/** SHA-256 with its name. */
export const DIGEST: z.ZodType<Digest, Digest> = z
  .templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)])
  .meta({ id: 'Digest' })

/** Any JSON value. */
export const JSON_VALUE: z.ZodType<Json> = promised(
  'Json',
  // Whatever was read from JSON is JSON; only a member that is not there is none.
  z
    .unknown()
    .refine((value) => value !== undefined, 'is missing')
    .describe('Any JSON value.'),
)

/** Any JSON object. */
export const JSON_OBJECT: z.ZodType<JsonObject> = named(
  'JsonObject',
  z.record(z.string(), JSON_VALUE),
)

export const CONTRACT_REFERENCE: z.ZodType<ContractReference> = named(
  'ContractReference',
  z.object({
    kind: z.string(),
    name: z.string(),
    digest: DIGEST,
    target: z.string().exactOptional().describe('For which of its targets, where it has any.'),
  }),
)
