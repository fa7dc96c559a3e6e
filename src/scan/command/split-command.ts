/** A command line as shells read it: simple commands with their variables and words. Nothing is run. */

/** A simple command. */
export interface SimpleCommand {
  /** `NAME=value` before it, filled in by nobody. */
  readonly variables: ReadonlyMap<string, string>
  readonly words: readonly string[]
  /** Whether the next one starts before it has ended: `&`. */
  readonly isInBackground: boolean
}

const SEPARATORS = new Set(['&&', '||', ';', '|', '&', '\n', '(', ')'])
const LONGEST = 10_000

/** The simple commands of a line. */
export function splitCommand(line: string): readonly SimpleCommand[] {
  const commands: SimpleCommand[] = []
  let words: string[] = []
  const end = (separator: string): void => {
    const firstWord = words.findIndex((word) => !isAssignment(word))
    const cut = firstWord === -1 ? words.length : firstWord
    const variables = new Map(words.slice(0, cut).map(splitAssignment))
    if (words.length > 0) {
      commands.push({ variables, words: words.slice(cut), isInBackground: separator === '&' })
    } else if (separator === '&') {
      // `(a) &`: what stands before the bracket.
      const last = commands.pop()
      if (last !== undefined) commands.push({ ...last, isInBackground: true })
    }
    words = []
  }
  for (const token of tokensOf(line.slice(0, LONGEST))) {
    if (token.isSeparator) end(token.text)
    else words.push(token.text)
  }
  end('')
  return commands
}

/** Whether a word is `NAME=value`. */
export function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*=/.test(word)
}

/** `NAME=value` apart. */
export function splitAssignment(word: string): readonly [name: string, value: string] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

interface Token {
  readonly text: string
  readonly isSeparator: boolean
}

function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = []
  let word: string | undefined
  const finish = (): void => {
    if (word !== undefined) tokens.push({ text: word, isSeparator: false })
    word = undefined
  }
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? ''
    const two = line.slice(at, at + 2)
    if (character === '\\') {
      // A line that goes on in the next one.
      if (line[at + 1] !== '\n') word = (word ?? '') + (line[at + 1] ?? '')
      at += 1
    } else if (character === "'" || character === '"') {
      const close = closingQuote(line, at)
      word = (word ?? '') + line.slice(at + 1, close).replaceAll(/\\(["\\$`])/g, '$1')
      at = close
    } else if (two === '${' || two === '$(') {
      const close = line.indexOf(two === '${' ? '}' : ')', at)
      const stop = close === -1 ? line.length : close
      word = (word ?? '') + line.slice(at, stop + 1)
      at = stop
    } else if (character === '#' && word === undefined) break
    else if (SEPARATORS.has(two) || SEPARATORS.has(character)) {
      // `2>&1` and `&>file` start nothing.
      if (character === '&' && two !== '&&' && (/[<>]$/.test(word ?? '') || two === '&>')) {
        word = (word ?? '') + character
        continue
      }
      finish()
      const text = SEPARATORS.has(two) ? two : character
      tokens.push({ text, isSeparator: true })
      at += text.length - 1
    } else if (/\s/.test(character)) finish()
    else word = (word ?? '') + character
  }
  finish()
  return tokens
}

function closingQuote(line: string, open: number): number {
  const quote = line[open]
  for (let at = open + 1; at < line.length; at += 1) {
    if (line[at] === '\\' && quote === '"') at += 1
    else if (line[at] === quote) return at
  }
  return line.length
}
