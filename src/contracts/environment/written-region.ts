/** Regions, as they are written: the same components again, with settings of their own, in waves. */
import * as z from 'zod'
import { keyText, nameText } from '../document/word-schemas.ts'

/** A setting's value in one region. */
export type WrittenRegionSetting =
  | string
  | number
  | boolean
  | { readonly from: string; readonly default?: string | number | boolean }

/** One region. */
export interface WrittenRegion {
  readonly after?: readonly string[]
  readonly settings?: Readonly<Record<string, WrittenRegionSetting>>
  readonly description?: string
}

const value = z.union([z.string(), z.int(), z.boolean()])

/** The schema of another value for a setting. */
export const writtenRegionSetting: z.ZodType<WrittenRegionSetting> = z.union([
  value,
  z.strictObject({
    from: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable, such as SHOP_DB_PASSWORD_US')
      .describe('Variable of the calling process that holds the value.'),
    default: value.exactOptional().describe('Value when the variable is not set.'),
  }),
])

const region: z.ZodType<WrittenRegion> = z.strictObject({
  after: z
    .array(nameText)
    .exactOptional()
    .describe('Regions that must be ready before anything of this one is entered: its wave.'),
  settings: z
    .record(keyText, writtenRegionSetting)
    .exactOptional()
    .describe('Settings that have another value in this region.'),
  description: z.string().exactOptional().describe('Where it is, or what it is for.'),
})

/** The schema of `regions`. */
export const writtenRegions: z.ZodType<Readonly<Record<string, WrittenRegion>>> = z
  .record(nameText, region, { error: 'a mapping from the name of each region to what it is' })
  .refine((all) => Object.keys(all).length > 0, 'at least one region')
