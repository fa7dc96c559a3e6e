/** How a component is emptied before it is stopped, as it is written. */
import * as z from 'zod'
import { durationMs } from '../document/word-schemas.ts'
import { type WrittenCondition, writtenCondition } from './written-condition.ts'
import { STOP_SIGNALS } from './written-run.ts'

/** What is done, and what must be proved, before a component is stopped. */
export interface WrittenDrain {
  readonly signal?: string
  readonly until: readonly WrittenCondition[]
  readonly deadline?: number
}

/** The schema of `drain`. */
export const writtenDrain: z.ZodType<WrittenDrain> = z.strictObject({
  signal: z
    .enum(STOP_SIGNALS)
    .exactOptional()
    .describe('Signal that tells it to take nothing new; by default none is sent.'),
  until: z
    .array(writtenCondition)
    .min(1)
    .describe('What must be proved before it is stopped: nothing in flight, the queue empty.'),
  deadline: durationMs(1)
    .exactOptional()
    .describe('How long that may take; then the way down holds and says what is left.')
    .meta({ default: '1m' }),
})
