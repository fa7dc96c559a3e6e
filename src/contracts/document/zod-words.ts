/** What zod's findings are called in a sentence. */
import type * as z from 'zod'
import { listWords } from './describe-value.ts'
import { nearestWord } from './nearest-word.ts'
import { DURATION_EXPECTED, NAME_EXPECTED, suggestName } from './word-schemas.ts'

/** One finding of zod. */
export type ZodIssue = z.core.$ZodIssue

/** Stands at the beginning of messages that zod made, to tell them from a schema's own. */
export const GENERATED: string = '\u0000'

/** The message of what zod finds wrong with a whole number. */
export const WHOLE_NUMBER: string = `${GENERATED}int`

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
}

/** What would have been right, as it stands after "expected". */
export function expectationOf(issue: ZodIssue): string {
  if (issue.code === 'invalid_key') return expectationOfKey(issue)
  if (!issue.message.startsWith(GENERATED)) return issue.message.replace(/^expected /, '')
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message === WHOLE_NUMBER) return 'a whole number'
      return TYPES[issue.expected] ?? issue.expected
    case 'invalid_value':
      return listWords(issue.values.map(String))
    case 'too_small':
      return bound(issue.origin, `at least ${issue.minimum}`, Number(issue.minimum))
    case 'too_big':
      return bound(issue.origin, `at most ${issue.maximum}`, Number(issue.maximum))
    case 'invalid_union':
      return listWords(optionsOf(issue))
    default:
      return 'a valid value'
  }
}

function expectationOfKey(issue: z.core.$ZodIssueInvalidKey): string {
  const inner = issue.issues[0]
  return inner === undefined ? 'a valid key' : expectationOf(inner)
}

function bound(origin: string, amount: string, count: number): string {
  if (origin === 'array') return `${amount} ${count === 1 ? 'item' : 'items'}`
  if (origin === 'string') return `${amount} ${count === 1 ? 'character' : 'characters'}`
  return amount
}

const SPOKEN_BOOLEANS: Readonly<Record<string, string>> = {
  on: 'true',
  yes: 'true',
  y: 'true',
  off: 'false',
  no: 'false',
  n: 'false',
}

/** What to write instead, when it can be told. */
export interface Advice {
  readonly text: string
  readonly nearest?: string
}

/**
 * What to write instead of a value of the wrong type, or of a word that is not one of the known.
 *
 * @param written the scalar as it stands in the text, if it was read from text
 */
export function adviseOnType(issue: ZodIssue, value: unknown, written: string | undefined): Advice {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    return suggestion(nearestWord(value, issue.values.map(String)))
  }
  if (issue.code === 'invalid_union' && typeof value === 'string') {
    return suggestion(nearestWord(value, optionsOf(issue)))
  }
  const isName = [issue, ...('issues' in issue ? issue.issues : [])].some(
    (inner) => inner.message === NAME_EXPECTED,
  )
  if (isName && typeof value === 'string') return suggestion(suggestName(value))
  if (issue.code !== 'invalid_type') return { text: '' }
  const isDuration = issue.message.startsWith(DURATION_EXPECTED)
  if (isDuration && typeof value === 'number') return suggestion(`${value}s`)
  if (issue.expected === 'boolean' && typeof value === 'string') {
    const nearest = SPOKEN_BOOLEANS[value.toLowerCase()]
    if (nearest !== undefined) {
      return { text: ` (in YAML 1.2, ${value} is a string)`, nearest }
    }
    if (value === 'true' || value === 'false') return { text: '; leave out the quotes' }
  }
  if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return { text: `; put it in quotes: "${written ?? value}"` }
  }
  const isNumber = issue.expected === 'number' || issue.expected === 'int'
  if (isNumber && typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value)) {
    return { text: '; leave out the quotes' }
  }
  return { text: '' }
}

/** The values that a discriminator may have. */
function optionsOf(issue: z.core.$ZodIssueInvalidUnion): readonly string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
}

function suggestion(nearest: string | undefined): Advice {
  return nearest === undefined ? { text: '' } : { text: '', nearest }
}
