/** Grants as they are sent, configured and kept: their shape, and what cannot be meant. */
import { z } from 'zod'
import type { Grant, Scope } from '../wire/access.ts'

const name = z.string().min(1).max(200)

/** `<kind>/<name>`, with `*` in either. */
const pattern = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9*_-]+\/[A-Za-z0-9*._-]+$/,
    'expected <kind>/<name>, for example Environment/shop-*',
  )

/** Where a grant holds. */
export const SCOPE: z.ZodType<Scope> = z.strictObject({
  contracts: z.array(pattern).min(1).max(100).exactOptional(),
  labels: z.record(name, z.string().max(200)).exactOptional(),
  regions: z.array(name).min(1).max(100).exactOptional(),
})

/** A role and where it holds. */
export const GRANT: z.ZodType<Grant> = z
  .strictObject({
    role: z.enum(['viewer', 'operator', 'approver', 'admin', 'agent']),
    scope: SCOPE,
  })
  .refine(
    ({ role, scope }) => role === 'agent' || scope.regions === undefined,
    'only the role agent is scoped by regions',
  )
  .refine(
    ({ role, scope }) =>
      role !== 'agent' || (scope.contracts === undefined && scope.labels === undefined),
    'the role agent is scoped by regions only',
  )

/** What one identity holds. An agent is nothing else, so that its token is worth little elsewhere. */
export const GRANTS: z.ZodType<readonly Grant[]> = z
  .array(GRANT)
  .max(50)
  .refine(
    (grants) =>
      grants.every(({ role }) => role === 'agent') || grants.every(({ role }) => role !== 'agent'),
    'the role agent stands alone',
  )
