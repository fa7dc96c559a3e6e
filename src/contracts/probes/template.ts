/**
 * Templates in probe inputs: a value that is not text may be given as `${…}` instead, and is then
 * checked when the template has been resolved, not when the contract is parsed.
 */
import { z } from 'zod'

const EXPECTED = `a value, or a template such as \${self.ports.http}`

/** Whether a text holds a template, so that its final value is not known yet. */
export function hasTemplate(text: string): boolean {
  return text.includes('${')
}

/** Accepts what `schema` accepts, or a text that holds a template. */
export function templated<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodUnion<readonly [Schema, z.ZodString]> {
  return z.union([schema, z.string().regex(/\$\{/, { error: EXPECTED, abort: true })])
}

/** A text that must satisfy `holds`, unless a template leaves it open. */
export function textThat(holds: (text: string) => boolean, expected: string): z.ZodString {
  return z
    .string()
    .min(1)
    .refine((text) => hasTemplate(text) || holds(text), expected)
}
