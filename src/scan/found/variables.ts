/** Filling in `$NAME`, `${NAME:-else}` and their like, as compose and shells do. */

/** A text with its variables filled in. */
export interface Filled {
  readonly text: string
  /** Whether anything was. */
  readonly isFilled: boolean
  /** Variables that nobody sets and that have no default: the text holds nothing in their place. */
  readonly missing: readonly string[]
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/
const DEEPEST = 8
/** No text with variables that somebody wrote is longer, before or after; it is left as it is. */
const LONGEST = 10_000

/** Fills in a text. `$$` is a dollar. */
export function fillIn(
  text: string,
  lookUp: (name: string) => string | undefined,
  depth = 0,
): Filled {
  const isPlain = text.length > LONGEST || !text.includes('$')
  if (isPlain) return { text, isFilled: false, missing: [] }
  let filled = ''
  const missing: string[] = []
  const closings = closingsOf(text)
  let at = 0
  while (at < text.length) {
    if (filled.length > LONGEST) return { text, isFilled: false, missing: [] }
    const dollar = text.indexOf('$', at)
    if (dollar === -1 || depth > DEEPEST)
      return { text: filled + text.slice(at), isFilled: true, missing }
    filled += text.slice(at, dollar)
    const next = text[dollar + 1]
    if (next === '$') {
      filled += '$'
      at = dollar + 2
      continue
    }
    const end = next === '{' ? closings.get(dollar + 1) : undefined
    const name = NAME.exec(text.slice(dollar + (end === undefined ? 1 : 2), dollar + 200))?.[0]
    if (name === undefined) {
      filled += '$'
      at = dollar + 1
      continue
    }
    const rest = end === undefined ? '' : text.slice(dollar + 2 + name.length, end)
    const value = valueFor(name, rest, { lookUp, depth })
    if (value.missing !== undefined) missing.push(...value.missing)
    filled += value.text
    at = end === undefined ? dollar + 1 + name.length : end + 1
  }
  return { text: filled, isFilled: true, missing }
}

function valueFor(
  name: string,
  rest: string,
  context: { readonly lookUp: (name: string) => string | undefined; readonly depth: number },
): { readonly text: string; readonly missing?: readonly string[] } {
  const value = context.lookUp(name)
  const operator = /^:?[-+?]/.exec(rest)?.[0] ?? ''
  const isThere = value !== undefined && !(operator.startsWith(':') && value === '')
  const word = (): Filled => fillIn(rest.slice(operator.length), context.lookUp, context.depth + 1)
  if (operator.endsWith('+')) return isThere ? word() : { text: '' }
  if (isThere) return { text: value }
  if (operator.endsWith('-')) return word()
  return { text: '', missing: [name] }
}

/** Where each brace is closed. Looked for once: a text of open ones would else be gone through for each. */
function closingsOf(text: string): ReadonlyMap<number, number> {
  const closings = new Map<number, number>()
  const open: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') open.push(at)
    const opened = text[at] === '}' ? open.pop() : undefined
    if (opened !== undefined) closings.set(opened, at)
  }
  return closings
}
