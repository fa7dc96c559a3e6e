/**
 * The Caddyfile as a tree of lines that knows where everything stands: quotation marks, backticks,
 * here-documents, comments, lines that go on, variables with defaults. Never throws.
 */

/** A word, with the variables in it filled in. */
export interface CaddyWord {
  readonly text: string
  readonly offset: number
  readonly isFilled: boolean
}

/** A line and the block it opens. */
export interface CaddyLine {
  readonly words: readonly CaddyWord[]
  readonly offset: number
  readonly block?: readonly CaddyLine[]
}

interface Token extends CaddyWord {
  readonly line: number
  readonly endLine: number
  readonly isBrace: boolean
}

const MOST_DEPTH = 50

/** The lines of a Caddyfile. */
export function parseCaddyfile(
  text: string,
  lookUp: (name: string) => string | undefined = () => undefined,
): readonly CaddyLine[] {
  const root: CaddyLine[] = []
  const open: CaddyLine[][] = [root]
  let words: Token[] = []
  const finish = (block?: CaddyLine[]): void => {
    const [first] = words
    const offset = first?.offset ?? 0
    const line = { words, offset, ...(block === undefined ? {} : { block }) }
    if ((first !== undefined || block !== undefined) && open.length <= MOST_DEPTH)
      (open.at(-1) ?? root).push(line)
    words = []
  }
  for (const token of tokensOf(text, lookUp)) {
    const before = words.at(-1)
    // Addresses of a site may go on after a comma.
    const goesOn = open.length === 1 && before?.text.endsWith(',') === true
    if (before !== undefined && token.line > before.endLine && !goesOn) finish()
    if (token.isBrace && token.text === '{') {
      const block: CaddyLine[] = []
      finish(block)
      open.push(block)
    } else if (token.isBrace) {
      finish()
      if (open.length > 1) open.pop()
    } else words.push(token)
  }
  finish()
  return root
}

function* tokensOf(text: string, lookUp: (name: string) => string | undefined): Generator<Token> {
  let [at, line] = [0, 1]
  while (at < text.length) {
    const character = text[at] ?? ''
    if (character === '\n') line += 1
    if (/\s/.test(character)) at += 1
    else if (character === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      // The next line belongs to this one, so that it is not counted.
      at = text.indexOf('\n', at) + 1
    } else if (character === '#') {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else {
      const raw = rawToken(text, at)
      const lines = raw.text.split('\n').length - 1
      const { text: filled, isFilled } = fill(raw.text, lookUp)
      const isBrace = !raw.isQuoted && /^[{}]$/.test(raw.text)
      yield { text: filled, isFilled, offset: raw.offset, line, endLine: line + lines, isBrace }
      line += lines
      at = raw.end
    }
  }
}

interface RawToken {
  readonly text: string
  readonly offset: number
  readonly end: number
  readonly isQuoted: boolean
}

function rawToken(text: string, at: number): RawToken {
  const character = text[at] ?? ''
  if (character === '"' || character === '`') {
    let end = at + 1
    while (end < text.length && text[end] !== character)
      end += character === '"' && text[end] === '\\' ? 2 : 1
    return { text: text.slice(at + 1, end), offset: at + 1, end: end + 1, isQuoted: true }
  }
  const marker = /^<<([\w-]+)[ \t]*\r?\n/.exec(text.slice(at, at + 100))
  if (marker !== null) {
    const close = new RegExp(`^[ \\t]*${marker[1]}\\b`, 'm').exec(text.slice(at + marker[0].length))
    const end = close === null ? text.length : at + marker[0].length + close.index + close[0].length
    return { text: text.slice(at, end), offset: at, end, isQuoted: true }
  }
  let end = at
  while (end < text.length && !/\s/.test(text[end] ?? '')) end += 1
  return { text: text.slice(at, end), offset: at, end, isQuoted: false }
}

/** `{$NAME:default}` is filled in before anything else is read. */
function fill(
  text: string,
  lookUp: (name: string) => string | undefined,
): { readonly text: string; readonly isFilled: boolean } {
  if (!text.includes('{$')) return { text, isFilled: false }
  const filled = text.replaceAll(
    /\{\$(\w+)(?::([^{}]*))?\}/g,
    (_, name: string, otherwise?: string) => lookUp(name) ?? otherwise ?? '',
  )
  return { text: filled, isFilled: true }
}
