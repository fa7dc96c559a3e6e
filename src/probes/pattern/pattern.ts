/** Patterns of contracts, matched in linear time (RE2), so that no contract can hang the daemon. */
import { RE2JS } from 're2js'

/** The most compiled patterns that are kept. */
const KEPT_MAX = 512

const kept = new Map<string, RE2JS>()

/** What a pattern found in a text. */
export interface PatternMatch {
  /** The named groups that took part. */
  readonly captures: Readonly<Record<string, string>>
}

/** Why a text is not a pattern; undefined when it is one. */
export function findPatternMistake(pattern: string): string | undefined {
  try {
    compile(pattern)
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}

/** Whether the pattern is found anywhere in the text. */
export function hasMatch(pattern: string, text: string): boolean {
  return compile(pattern).test(text)
}

/** The first match of the pattern in the text, with its named groups. */
export function findMatch(pattern: string, text: string): PatternMatch | undefined {
  const compiled = compile(pattern)
  // The plain test is several times faster than one that keeps groups, and nearly always says no.
  if (!compiled.test(text)) return undefined
  const matcher = compiled.matcher(text)
  if (!matcher.find()) return undefined
  const groups = Object.entries(matcher.getNamedGroups())
  const captures = groups.filter((group): group is [string, string] => group[1] !== null)
  return { captures: Object.fromEntries(captures) }
}

/** The first group of the first match or, in a pattern without groups, all of the match. */
export function findFirstGroup(pattern: string, text: string): string | undefined {
  const matcher = compile(pattern).matcher(text)
  if (!matcher.find()) return undefined
  return matcher.group(matcher.groupCount() === 0 ? 0 : 1) ?? undefined
}

function compile(pattern: string): RE2JS {
  const found = kept.get(pattern)
  if (found !== undefined) return found
  const compiled = RE2JS.compile(pattern)
  if (kept.size >= KEPT_MAX) kept.clear()
  kept.set(pattern, compiled)
  return compiled
}
