/** The shape of what is told when something is refused. */
import { z } from 'zod'
import type { Problem } from '../wire.ts'
import { named } from './promised.ts'

export const PROBLEM: z.ZodType<Problem> = named(
  'Problem',
  z.object({
    type: z.string().describe('`urn:rampart:fault:` and the code.'),
    title: z.string().describe('What the code means.'),
    status: z.number().int(),
    detail: z.string().describe('What was found, and what to do.'),
    code: z.string().describe('One of the codes of docs/errors.md.'),
    operation: z.string(),
    subject: z.string(),
    retryable: z
      .boolean()
      .describe('Whether the same request may succeed when repeated unchanged.'),
  }),
)
