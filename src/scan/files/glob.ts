/**
 * Patterns for names and paths, as .gitignore has them. Matching takes time in proportion to pattern times
 * text, whatever a stranger wrote into them.
 */

/** Whether a path matches a pattern of which each segment is a pattern, and `**` any number of segments. */
export function matchesPath(pattern: readonly string[], path: readonly string[]): boolean {
  let reachable = new Set([0])
  for (const part of pattern) {
    const next = new Set<number>()
    for (const at of reachable) {
      if (part === '**') for (let to = at; to <= path.length; to += 1) next.add(to)
      else if (at < path.length && matchesName(part, path[at] ?? '')) next.add(at + 1)
    }
    reachable = next
    if (reachable.size === 0) return false
  }
  return reachable.has(path.length)
}

/** Whether one segment matches: `*`, `?`, `[a-z]`, `\` before what is meant literally. */
export function matchesName(pattern: string, name: string): boolean {
  if (!/[*?[\\]/.test(pattern)) return pattern === name
  let [at, from, star, starFrom] = [0, 0, -1, 0]
  while (from < name.length) {
    const taken = at < pattern.length ? takeOne(pattern, at, name[from] ?? '') : undefined
    if (pattern[at] === '*') {
      star = at
      starFrom = from
      at += 1
    } else if (taken !== undefined) {
      at = taken
      from += 1
    } else if (star !== -1) {
      starFrom += 1
      from = starFrom
      at = star + 1
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

/** Where the pattern goes on after it took a character; undefined when it does not take it. */
function takeOne(pattern: string, at: number, character: string): number | undefined {
  const symbol = pattern[at]
  if (symbol === '?') return at + 1
  if (symbol === '\\') return pattern[at + 1] === character ? at + 2 : undefined
  const end = symbol === '[' ? pattern.indexOf(']', at + 2) : -1
  if (end === -1) return symbol === character ? at + 1 : undefined
  const inside = pattern.slice(at + 1, end)
  const isNot = /^[!^]/.test(inside)
  return holds(isNot ? inside.slice(1) : inside, character) === isNot ? undefined : end + 1
}

function holds(inside: string, character: string): boolean {
  for (let at = 0; at < inside.length; at += 1) {
    const [from = '', dash, to] = inside.slice(at, at + 3)
    if (dash === '-' && to !== undefined) {
      if (from <= character && character <= to) return true
      at += 2
    } else if (from === character) return true
  }
  return false
}
