/** How every list is read page by page: `?limit=&cursor=`, and `next` in the answer while there is more. */
import { z } from 'zod'
import type { PageOf } from '../../core/units/page-of.ts'

/** How many of something, at most and when nobody says. */
export function limitOf(most: number, usual: number): z.ZodType<number> {
  return z.coerce.number().int().min(1).max(most).default(usual)
}

/** Where a page goes on. */
export const CURSOR: z.ZodType<string | undefined> = z
  .string()
  .min(1)
  .max(1_000)
  .optional()
  .describe('`next` of the page before.')

/** `?limit=&cursor=` */
export const PAGE_OF: z.ZodType<PageOf> = z.strictObject({
  limit: limitOf(500, 100),
  cursor: CURSOR,
})

/** The member of a page that says where the next one begins. */
export const NEXT: z.ZodExactOptional<z.ZodString> = z
  .string()
  .exactOptional()
  .describe('The cursor of the next page; absent: there is none.')
