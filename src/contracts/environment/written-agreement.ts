/** One entry of `agree`, as it is written: what must hold across regions once all of them are ready. */
import * as z from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { listWords } from '../document/describe-value.ts'
import { durationMs } from '../document/word-schemas.ts'
import { PROBE_NAMES } from '../probes/index.ts'
import { conditionShape, probesOf, type WrittenCondition } from './written-condition.ts'

/** What is compared. */
export const COMPARISONS = ['same', 'spread', 'holds'] as const

/** One agreement: a comparison of one condition in all regions, or a probe of its own. */
export type WrittenAgreement = WrittenCondition & {
  readonly same?: string
  readonly spread?: string
  readonly holds?: string
  readonly of?: string
  readonly most?: number
  readonly quorum?: 'all' | number
  readonly within?: number
}

const expression = z.string().min(1)

const comparison = {
  same: expression
    .exactOptional()
    .describe('CEL over evidence that must come to the same value in every region.'),
  spread: expression
    .exactOptional()
    .describe('CEL over evidence that comes to a number, and may differ by `most`.'),
  holds: expression
    .exactOptional()
    .describe('CEL over evidence that must be true in every region.'),
  of: z
    .string()
    .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'a component and one of its conditions, such as api/http')
    .exactOptional()
    .describe('The condition that is asked anew in every region, as component/condition.'),
  most: z.number().min(0).exactOptional().describe('The widest spread.'),
  quorum: z
    .union([z.literal('all'), z.int().min(1)])
    .exactOptional()
    .describe('How many regions are enough.')
    .meta({ default: 'all' }),
  within: durationMs(1)
    .exactOptional()
    .describe('How far apart in time the observations may lie that are compared.')
    .meta({ default: '2s' }),
}

/** The schema of one entry of `agree`. */
export const writtenAgreement: z.ZodType<WrittenAgreement> = z
  .strictObject({ ...conditionShape, ...comparison })
  .superRefine((raw, context) => {
    const message = complaintAbout(raw as WrittenAgreement)
    if (message !== undefined) {
      const kinds = listWords([...COMPARISONS, ...PROBE_NAMES])
      context.addIssue({ code: 'custom', message: `one of ${kinds}`, params: { message } })
    }
  }) as unknown as z.ZodType<WrittenAgreement>

function complaintAbout(agreement: WrittenAgreement): string | undefined {
  const compared = comparisonsOf(agreement)
  const asked = [...compared, ...probesOf(agreement)]
  if (asked.length > 1) {
    return `one agreement asks one thing; ${listWords(asked, 'and')} are agreements of their own`
  }
  if (asked.length === 0) {
    return `this agreement asks nothing; give it ${listWords(COMPARISONS)}, or a probe`
  }
  const { of, most, quorum, within } = agreement
  if (compared.length === 0) {
    const isOdd =
      of !== undefined || most !== undefined || quorum !== undefined || within !== undefined
    return isOdd ? 'of, most, quorum and within belong to same, spread and holds' : undefined
  }
  if (of === undefined) return `${asked[0]} compares one condition; name it, as in of: api/http`
  if (agreement.spread !== undefined && most === undefined) return 'a spread needs its most'
  if (agreement.spread === undefined && most !== undefined) return 'most belongs to spread'
  return undefined
}

/** The comparisons that an entry names. */
export function comparisonsOf(
  agreement: WrittenAgreement,
): readonly (typeof COMPARISONS)[number][] {
  return COMPARISONS.filter((name) => agreement[name] !== undefined)
}

/** What an agreement asks, as far as it is no probe: its evidence is what `of` names. */
export function comparedInput(agreement: WrittenAgreement): JsonObject {
  const { most, quorum = 'all', within = 2_000 } = agreement
  const compare = comparisonsOf(agreement)[0] ?? 'same'
  const more = most === undefined ? {} : { most }
  return { compare, value: agreement[compare] ?? '', quorum, withinMs: within, ...more }
}
