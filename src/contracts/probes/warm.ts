/** The input of the `warm` probe: URLs that stand for all, and how those that are cached show. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { httpMembers, httpUrl, isJsonAgreed, JSON_DISAGREES } from './http-words.ts'
import { shareText } from './share.ts'
import { templated } from './template.ts'

/** Reads as the object itself. */
export const warmInput: z.ZodType<JsonObject> = z
  .strictObject({
    urls: z
      .array(httpUrl)
      .min(1)
      .max(1_000)
      .describe('URLs that stand for all, such as those of the busiest pages.'),
    least: shareText.describe('How large a share of them must be warm.'),
    within: durationMs(1)
      .exactOptional()
      .describe('How soon an answer must have come to its end, connecting included.'),
    ...httpMembers,
    atOnce: templated(z.int().min(1).max(32))
      .exactOptional()
      .describe('How many are asked at once.')
      .meta({ default: 4 }),
  })
  .refine(({ within, expectHeaders }) => within !== undefined || expectHeaders !== undefined, {
    error: '`within` or `expectHeaders`, by which a warm answer is told from a cold one',
  })
  .refine(isJsonAgreed, JSON_DISAGREES)
