/** The input of the `notify` probe: `notify: ready`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { patternText } from './pattern.ts'

/** Reads as `{}` when written as the word, else as the object itself. */
export const notifyInput: z.ZodType<JsonObject> = z.union([
  z.literal('ready').transform(() => ({})),
  z.strictObject({
    status: patternText.exactOptional().describe('Pattern that its last STATUS= must match.'),
    startWithin: durationMs(1)
      .exactOptional()
      .describe('How long it may take to say READY=1, unless it asks for longer.'),
    watchdog: durationMs(1)
      .exactOptional()
      .describe('How often it must say WATCHDOG=1 once it is ready; it is told so.'),
  }),
])
