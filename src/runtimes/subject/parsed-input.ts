/** The input of an order, once it was looked at. */
import type { z } from 'zod'
import { printIssues } from '../../core/entry/command-answers.ts'

/** An input that was understood, or a sentence naming everything that was not. */
export type ParsedInput<Input> =
  | { readonly input: Input; readonly problem?: never }
  | { readonly input?: never; readonly problem: string }

/** What a schema made of it. */
export function parsed<Input>(result: z.ZodSafeParseResult<Input>): ParsedInput<Input> {
  if (result.success) return { input: result.data }
  return { problem: printIssues(result.error.issues) }
}
