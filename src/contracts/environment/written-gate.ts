/** What must be true before a component is entered, as it is written. */
import * as z from 'zod'
import { durationMs } from '../document/word-schemas.ts'

/** People who must approve. */
export interface WrittenApproval {
  readonly from: string | readonly string[]
  readonly count?: number
  readonly expires?: number
  readonly deadline?: number
}

/** A gate: one question. */
export interface WrittenGate {
  readonly approval: WrittenApproval
}

const NAME_MAX = 200
const who = z.string().min(1).max(NAME_MAX)

/** The schema of one entry of `gates`. */
export const writtenGate: z.ZodType<WrittenGate> = z.strictObject({
  approval: z
    .strictObject({
      from: z
        .union([who, z.array(who).min(1)], { error: 'a role, group or name, or a list of them' })
        .describe(
          'Who may approve: a role such as approver, a group, or a full name such as token:ci.',
        ),
      count: z
        .int()
        .min(1)
        .max(100)
        .exactOptional()
        .describe('How many different people must; never whoever proposed the ramp.')
        .meta({ default: 1 }),
      expires: durationMs(1)
        .exactOptional()
        .describe('How long an approval counts when nothing was begun upon it.'),
      deadline: durationMs(1)
        .exactOptional()
        .describe('How long it may take; by default as long as it takes.'),
    })
    .describe('Waits for people, by `rampart approve`.'),
})
