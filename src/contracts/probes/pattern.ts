/**
 * Patterns: regular expressions in RE2 syntax, because they match in linear time. A contract can
 * therefore not hang the daemon, at the price of look-around and back-references.
 */
import { RE2JS } from 're2js'
import { z } from 'zod'
import { hasTemplate } from './template.ts'

/** A pattern in RE2 syntax, not anchored: write `^` and `$` to match all of the text. */
export const patternText: z.ZodType<string, string> = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const mistake = hasTemplate(text) ? undefined : findMistake(text)
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake })
  })

function findMistake(text: string): string | undefined {
  try {
    RE2JS.compile(text)
    return undefined
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return `a regular expression in RE2 syntax (no look-around, no back-references): ${why}`
  }
}
