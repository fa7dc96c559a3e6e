/** What every contract says about itself before it says anything else. */
import * as z from 'zod'
import { nameText } from './word-schemas.ts'

/** The head of a contract. */
export interface Metadata {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly description?: string
}

const labelKey = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/,
    'a label of letters, digits and inner . _ / -, at most 63 characters',
  )

const labelValue = z.string().max(253)

/** The schema of `metadata`. */
export const metadataSchema: z.ZodType<Metadata> = z.strictObject({
  name: nameText.describe('Name of the contract, unique among the contracts of its kind.'),
  labels: z
    .record(labelKey, labelValue)
    .exactOptional()
    .describe('Words to select contracts by, for example the team that owns it.'),
  description: z.string().exactOptional().describe('What it is for, in a sentence.'),
})
