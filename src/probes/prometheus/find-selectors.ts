/**
 * Finds the series that a query of PromQL names. Prometheus dates every value of an instant query
 * with the moment of asking, however old the samples are that it was made of; so the samples have to
 * be asked for their age themselves. This reads words, not grammar: what it takes for a series by
 * mistake is found absent, so that a query may fail to pass for it but never passes for it.
 */

/** A word and what stands around it. */
const TOKEN =
  /\s+|#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\.\d+|[A-Za-z_:][\w:.]*|./gs

const GROUPINGS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'])
const OPERATORS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'atan2', 'inf', 'nan'])
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' }

/** The selectors of a query, each once: `http_requests_total{job="api"}`. */
export function findSelectors(query: string): readonly string[] {
  const tokens = (query.match(TOKEN) ?? []).filter((token) => !/^(?:\s|#)/.test(token))
  const selectors = new Set<string>()
  let at = 0
  while (at < tokens.length) {
    const token = tokens[at] ?? ''
    const next = tokens[at + 1] ?? ''
    const isWord = /^[A-Za-z_:]/.test(token)
    const word = token.toLowerCase()
    if (token === '[') {
      at = endOf(tokens, at)
    } else if (token === '{' || (isWord && next === '{')) {
      const end = endOf(tokens, isWord ? at + 1 : at)
      selectors.add(tokens.slice(at, end).join(''))
      at = end
    } else if (isWord && GROUPINGS.has(word)) {
      at = next === '(' ? endOf(tokens, at + 1) : at + 1
    } else {
      if (isWord && isMetric(word, next)) selectors.add(token)
      at += 1
    }
  }
  return [...selectors]
}

/** Not a function, an operator, or an aggregation whose grouping stands before its brackets. */
function isMetric(word: string, next: string): boolean {
  return next !== '(' && !OPERATORS.has(word) && !/^(?:by|without)$/i.test(next)
}

/** Where the brackets that open at `from` have been closed. */
function endOf(tokens: readonly string[], from: number): number {
  const closing = CLOSING[tokens[from] ?? ''] ?? ''
  const end = tokens.indexOf(closing, from)
  return end === -1 ? tokens.length : end + 1
}
