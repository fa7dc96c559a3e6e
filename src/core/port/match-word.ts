/** How a word of a Ports contract matches: exactly, or by its beginning when it ends with `*`. */

/**
 * Whether a word is what a pattern says. An absent word matches nothing but `*`.
 *
 * @example matchesWord('shop/*', 'shop/api') === true
 */
export function matchesWord(pattern: string, word: string | undefined): boolean {
  if (pattern === '*') return true
  if (word === undefined) return false
  return pattern.endsWith('*') ? word.startsWith(pattern.slice(0, -1)) : word === pattern
}
