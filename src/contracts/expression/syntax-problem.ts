/** Why an expression cannot be read, in words for people who do not know CEL. */
import type { Problem } from './result.ts'

const HABITS: readonly (readonly [RegExp, string, string])[] = [
  [/^===/, '== compares; there is no ===', '=='],
  [/^!==/, '!= compares; there is no !==', '!='],
  [/^=(?!=)/, '= does not compare, == does', '=='],
  [/^and\b/i, 'write && for and', '&&'],
  [/^or\b/i, 'write || for or', '||'],
  [/^not\b/i, 'write ! for not', '!'],
  [/^&(?!&)/, 'write && for and', '&&'],
  [/^\|(?!\|)/, 'write || for or', '||'],
  [/^\?\./, 'there is no ?.; ask with has(a.b)', 'has'],
]

/** Explains what the parser threw. */
export function explainSyntax(text: string, thrown: unknown): Problem {
  const offset = startOfRest(text, offsetOf(thrown))
  const rest = text.slice(offset)
  const habit = habitAt(rest)
  if (habit !== undefined) {
    const [, sentence, nearest] = habit
    return {
      reason: 'malformed',
      sentence: `the expression stops making sense: ${sentence}`,
      offset,
      nearest,
    }
  }
  return { reason: 'malformed', sentence: describe(rest, thrown), offset }
}

function describe(rest: string, thrown: unknown): string {
  if (thrown instanceof RangeError) return 'the expression is nested too deeply'
  if (/^["']/.test(rest) && !/^(["']).*\1/.test(rest)) return 'a string is not closed'
  if (rest.trim() === '') return 'the expression ends too early; something is missing at its end'
  if (/^(?:&&|\|\||[-+*/%<>=!?:,.([{])\s*$/.test(rest.trim())) {
    return `something is missing after ${rest.trim()}`
  }
  const why = thrown instanceof Error && /reserved identifier/.test(thrown.message)
  if (why) return `${word(rest)} is a reserved word and cannot be used as a name`
  return `the expression cannot be read from ${JSON.stringify(word(rest))} on`
}

function habitAt(rest: string): (typeof HABITS)[number] | undefined {
  return HABITS.find(([pattern]) => pattern.test(rest))
}

function word(rest: string): string {
  return /^(?:[\w$]+|\S)/.exec(rest)?.[0] ?? rest
}

function startOfRest(text: string, offset: number): number {
  const blank = /^\s*/.exec(text.slice(offset))?.[0].length ?? 0
  return Math.min(offset + blank, text.length)
}

function offsetOf(thrown: unknown): number {
  if (typeof thrown !== 'object' || thrown === null || !('location' in thrown)) return 0
  const location = thrown.location as { readonly start?: { readonly offset?: number } } | undefined
  return location?.start?.offset ?? 0
}
