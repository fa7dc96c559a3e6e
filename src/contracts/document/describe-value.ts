/** Values as a sentence names them: `the string "on"`, `a list`. Never prints more than a few words. */

const SHOWN_LENGTH = 60

/** Names a value in a sentence. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string')
    return value === '' ? 'an empty string' : `the string ${quote(value)}`
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') {
    return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping'
  }
  return `a ${typeof value}`
}

/** A word in quotes, shortened when it is long. */
export function quote(text: string): string {
  const shown = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH - 1)}…` : text
  return JSON.stringify(shown)
}

/** `a`, `a or b`, `a, b or c`. */
export function listWords(words: readonly string[], conjunction: 'and' | 'or' = 'or'): string {
  if (words.length <= 1) return words[0] ?? 'nothing'
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words[words.length - 1]}`
}
