/** Targets, as they are written: for whom the same contract is run, and what is different there. */
import * as z from 'zod'
import { keyText, nameText } from '../document/word-schemas.ts'
import { type WrittenRegionSetting, writtenRegionSetting } from './written-region.ts'
import { type WrittenWatch, writtenWatch } from './written-watch.ts'

/** One target. */
export interface WrittenTarget {
  readonly description?: string
  readonly regions?: readonly string[]
  readonly settings?: Readonly<Record<string, WrittenRegionSetting>>
  readonly without?: readonly string[]
  readonly watch?: WrittenWatch
}

const target: z.ZodType<WrittenTarget> = z.strictObject({
  description: z.string().exactOptional().describe('Whose it is, or what it is for.'),
  regions: z
    .array(nameText)
    .min(1)
    .exactOptional()
    .describe('The regions it has; by default all of them.'),
  settings: z
    .record(keyText, writtenRegionSetting)
    .exactOptional()
    .describe("Settings that have another value here; a region's own value goes before it."),
  without: z
    .array(nameText)
    .min(1)
    .exactOptional()
    .describe('Components that it is run without, in every region.'),
  watch: writtenWatch
    .exactOptional()
    .describe('How it is watched once it is ready, where that is different here.'),
})

/** The schema of `targets`. */
export const writtenTargets: z.ZodType<Readonly<Record<string, WrittenTarget>>> = z
  .record(nameText, target, { error: 'a mapping from the name of each target to what it is' })
  .refine((all) => Object.keys(all).length > 0, 'at least one target')
