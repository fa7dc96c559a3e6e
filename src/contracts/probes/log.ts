/** The input of the `log` probe: `log: "pattern"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { patternText } from './pattern.ts'

/** Reads as `{ pattern }` when written as one text, else as the object itself. */
export const logInput: z.ZodType<JsonObject> = z.union([
  patternText.transform((text) => ({ pattern: text })),
  z.strictObject({
    pattern: patternText.describe('Line to wait for; named groups become evidence.captures.'),
    fatal: patternText.exactOptional().describe('Line after which the stage cannot get ready.'),
    stream: z.enum(['out', 'err', 'both']).exactOptional().meta({ default: 'both' }),
  }),
])
