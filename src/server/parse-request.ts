/** What was sent, parsed: everything that is wrong with it in one fault. Values are never quoted. */
import type { z } from 'zod'
import { Fault } from '../core/fault/fault.ts'

/**
 * Parses the body or the query of a request.
 *
 * @throws request-malformed with every issue
 */
export function parseRequest<Value>(schema: z.ZodType<Value>, sent: unknown, what: string): Value {
  const parsed = schema.safeParse(sent)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => {
    const path = issue.path.join('.')
    return path === '' ? issue.message : `${path}: ${issue.message}`
  })
  throw new Fault({
    code: 'request-malformed',
    operation: `read the ${what}`,
    subject: what,
    hint: `${issues.join('; ')}.`,
  })
}
