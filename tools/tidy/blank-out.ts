/**
 * Blanks comments, and if asked the insides of strings and regular expressions, out of TypeScript
 * text. It reads tokens only as far as needed to tell those apart; it is not a parser.
 */

const TOKEN = new RegExp(
  [
    /(?<line>\/\/[^\n]*)/,
    /(?<block>\/\*[\s\S]*?\*\/)/,
    /(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/,
    // A slash starts a regular expression only where a value may stand.
    /(?<=(?:^|[=(,:[!&|?{};+\n]|=>|\breturn)\s*)(?<regex>\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/)/,
    /(?<tick>`)/,
    /(?<open>\{)/,
    /(?<close>\})/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
)

const TEMPLATE_PART = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?<end>`|\$\{|$)/y

/** The text with comments, and if asked the insides of strings, replaced by spaces. */
export function blankOut(text: string, options: { readonly strings: boolean }): string {
  const blanked: [start: number, end: number][] = []
  // For every open brace: whether it is a template's `${`, after which the template goes on.
  const braces: boolean[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const groups = match.groups ?? {}
    const end = TOKEN.lastIndex
    const isComment = groups['line'] !== undefined || groups['block'] !== undefined
    const isString = groups['string'] !== undefined || groups['regex'] !== undefined
    if (isComment) blanked.push([match.index, end])
    if (isString && options.strings) blanked.push([match.index + 1, end - 1])
    if (groups['open'] !== undefined) braces.push(false)
    const goesOn = groups['close'] !== undefined && braces.pop() === true
    if (groups['tick'] === undefined && !goesOn) continue
    TEMPLATE_PART.lastIndex = end
    const part = TEMPLATE_PART.exec(text)
    const ending = part?.groups?.['end'] ?? ''
    TOKEN.lastIndex = TEMPLATE_PART.lastIndex
    if (options.strings) blanked.push([end, TOKEN.lastIndex - ending.length])
    if (ending === '${') braces.push(true)
  }
  return replaceRanges(text, blanked)
}

function replaceRanges(text: string, ranges: readonly [number, number][]): string {
  let result = ''
  let done = 0
  for (const [start, end] of ranges) {
    result += text.slice(done, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ')
    done = end
  }
  return result + text.slice(done)
}
