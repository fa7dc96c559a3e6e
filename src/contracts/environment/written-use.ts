/** Another contract as a component, as it is written: which one, and exactly which revision of it. */
import * as z from 'zod'
import type { Json } from '../../core/units/json.ts'

/** Another contract. */
export interface WrittenUse {
  readonly contract: string
  readonly revision: string
  readonly document?: Json
}

/** The schema of `use`. */
export const writtenUse: z.ZodType<WrittenUse> = z.strictObject({
  contract: z
    .string()
    .regex(/^(?!\/)\S.*$/, 'a path from the folder of this file, such as ../payments/rampart.yaml')
    .describe('Its file, from the folder of this one.'),
  revision: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'a digest, sha256: and 64 hexadecimal digits')
    .describe('The digest of the revision that is meant, as rampart check --json prints it.'),
  document: z
    .json()
    .exactOptional()
    .describe('What was read there; filled in when the contract is read, never written by hand.'),
})
