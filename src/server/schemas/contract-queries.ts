/** The shapes of what is asked about held contracts, by paths, queries and headers. */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { ApplyRequest, HeldReference } from '../wire/contracts.ts'
import { DIGEST, NAME } from './contract.ts'
import { CURSOR, limitOf } from './paging.ts'
import { named } from './promised.ts'

/** Which contract. */
export interface ContractParams {
  readonly kind: string
  readonly name: string
}

/** `/v1/contracts/:kind/:name…` */
export const CONTRACT_PARAMS: z.ZodType<ContractParams> = z.object({ kind: NAME, name: NAME })

/** `/v1/contracts/:kind/:name/revisions/:digest` */
export const REVISION_PARAMS: z.ZodType<ContractParams & { readonly digest: Digest }> = z.object({
  kind: NAME,
  name: NAME,
  digest: DIGEST,
})

/** A contract that is held, by name. */
export const HELD_REFERENCE: z.ZodType<HeldReference> = named(
  'HeldReference',
  z.strictObject({
    kind: NAME,
    name: NAME,
    digest: DIGEST.exactOptional().describe('Which revision; the latest when not given.'),
  }),
)

/** `GET /v1/contracts` */
export interface ContractsQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly kind?: string | undefined
  readonly label?: readonly string[] | undefined
  readonly owner?: string | undefined
}

export const CONTRACTS_QUERY: z.ZodType<ContractsQuery> = z.strictObject({
  limit: limitOf(1_000, 100),
  cursor: CURSOR,
  kind: NAME.optional(),
  label: z
    .union([z.array(NAME).max(20), NAME.transform((one) => [one])])
    .optional()
    .describe('`key=value`, or a key for any value; repeatable, all must hold.'),
  owner: NAME.optional().describe('Who owns a component or a condition of it.'),
})

/** `GET /v1/contracts/:kind/:name/revisions` */
export interface RevisionsQuery {
  readonly limit: number
  readonly cursor?: number | undefined
}

export const REVISIONS_QUERY: z.ZodType<RevisionsQuery> = z.strictObject({
  limit: limitOf(1_000, 100),
  cursor: z.coerce.number().int().min(1).optional().describe('`next` of the page before.'),
})

/** `GET /v1/contracts/:kind/:name/compare` */
export interface CompareQuery {
  readonly from: Digest
  readonly to?: Digest | undefined
}

export const COMPARE_QUERY: z.ZodType<CompareQuery> = z.strictObject({
  from: DIGEST,
  to: DIGEST.optional().describe('The latest revision when not given.'),
})

/**
 * Asserts that `If-Match`, which is of one contract, comes with one document; for more there is `expects`.
 *
 * @throws request-malformed
 */
export function assertOneDocument({ documents = [], sources = [] }: ApplyRequest): void {
  if (documents.length === 1 && sources.length === 0) return
  const hint = 'If-Match is of one contract, for exactly one document; use expects for more.'
  const subject = 'headers'
  throw new Fault({ code: 'request-malformed', operation: 'read the headers', subject, hint })
}
