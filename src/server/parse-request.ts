/** What was sent, parsed: everything that is wrong with it in one fault. Values are never quoted. */
import { z } from 'zod'
import { nearestWord } from '../contracts/document/nearest-word.ts'
import { Fault } from '../core/fault/fault.ts'

/**
 * Parses the body or the query of a request.
 *
 * @throws request-malformed with every issue
 */
export function parseRequest<Value>(schema: z.ZodType<Value>, sent: unknown, what: string): Value {
  const parsed = schema.safeParse(sent)
  if (parsed.success) return parsed.data
  const members = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  const issues = parsed.error.issues.map((issue) => {
    const path = issue.path.join('.')
    if (path === '') return printIssue(issue, members)
    return `${path}: ${printIssue(issue, [])}`
  })
  throw new Fault({
    code: 'request-malformed',
    operation: `read the ${what}`,
    subject: what,
    hint: `${issues.join('; ')}.`,
  })
}

/** What was expected; what was sent in its place is known to whoever sent it. */
function printIssue(issue: z.core.$ZodIssue, members: readonly string[]): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`
    case 'invalid_value':
      return expectedOf(issue.values)
    case 'invalid_union': {
      const values = issue.errors.flat().flatMap((one) => ('values' in one ? one.values : []))
      return values.length === 0 ? issue.message : expectedOf(values)
    }
    case 'unrecognized_keys': {
      const near = nearestWord(issue.keys[0] ?? '', members)
      return near === undefined ? issue.message : `${issue.message}; did you mean ${near}?`
    }
    default:
      return issue.message
  }
}

function expectedOf(values: readonly unknown[]): string {
  const words = [...new Set(values.map(String))]
  return words.length === 1 ? `expected ${words[0]}` : `expected one of ${words.join(', ')}`
}
