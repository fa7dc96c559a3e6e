/** Shares as contracts write them: `95%`, `0.5%`, `50bp`. They stay texts, so that they stay exact. */
import type { z } from 'zod'
import { isFault } from '../../core/fault/fault.ts'
import { parseShareBp } from '../../core/units/share.ts'
import { textThat } from './template.ts'

/** A share of a whole. */
export const shareText: z.ZodType<string> = textThat(isShare, 'a share such as 95% or 0.5%')

function isShare(text: string): boolean {
  try {
    parseShareBp(text)
    return true
  } catch (thrown) {
    if (isFault(thrown, 'unit-malformed')) return false
    throw thrown
  }
}
