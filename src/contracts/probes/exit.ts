/** The input of the `exit` probe: `exit: 0`, `exit: [0, 3]`, `exit: running`. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { exitCode, oneOrMany } from './amount.ts'

/** Reads as `{ expect: 'running' }` or `{ expect: [codes] }`. */
export const exitInput: z.ZodType<JsonObject> = z
  .union([z.literal('running'), oneOrMany(exitCode)])
  .transform((expect) => ({ expect }))
