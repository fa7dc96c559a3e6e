/**
 * The configuration language of nginx as a tree that knows where everything stands. Never throws: what is
 * not closed ends with the text, and a stray brace closes nothing.
 */
import type { SourceText } from '../found/source-text.ts'

/** One word of a directive. */
export interface NginxWord {
  readonly text: string
  readonly offset: number
}

/** A directive, simple or with a block. */
export interface NginxDirective {
  readonly name: string
  readonly offset: number
  readonly words: readonly NginxWord[]
  readonly block?: readonly NginxDirective[]
}

const MOST_DEPTH = 50
const LUA = /_by_lua_block$/

const parsed = new WeakMap<SourceText, readonly NginxDirective[]>()

/** The directives of a file, parsed once however many others include it. */
export function directivesOf(source: SourceText): readonly NginxDirective[] {
  const known = parsed.get(source) ?? parseNginx(source.text)
  parsed.set(source, known)
  return known
}

/** The directives of a text. */
export function parseNginx(text: string): readonly NginxDirective[] {
  const lastClose = text.lastIndexOf('}')
  const root: NginxDirective[] = []
  const open: NginxDirective[][] = [root]
  let words: NginxWord[] = []
  let at = 0
  while (at < text.length) {
    const token = nextToken(text, at, lastClose)
    if (token === undefined) break
    at = token.end
    if (token.kind === 'word') {
      words.push({ text: token.text, offset: token.offset })
      continue
    }
    const [name, ...rest] = words
    words = []
    const inner = open.at(-1) ?? root
    if (token.kind === '}') {
      if (open.length > 1) open.pop()
    } else if (name !== undefined) {
      const directive = { name: name.text, offset: name.offset, words: rest }
      if (token.kind === ';') inner.push(directive)
      else if (LUA.test(name.text)) at = endOfBlock(text, at)
      else {
        const block: NginxDirective[] = []
        if (open.length < MOST_DEPTH) inner.push({ ...directive, block })
        open.push(block)
      }
    } else if (token.kind === '{') open.push([])
  }
  return root
}

interface Token {
  readonly kind: 'word' | ';' | '{' | '}'
  readonly text: string
  readonly offset: number
  readonly end: number
}

function nextToken(text: string, from: number, lastClose: number): Token | undefined {
  let at = from
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1
    if (text[at] !== '#') break
    const end = text.indexOf('\n', at)
    at = end === -1 ? text.length : end + 1
  }
  const character = text[at]
  if (character === undefined) return undefined
  if (character === ';' || character === '{' || character === '}')
    return { kind: character, text: character, offset: at, end: at + 1 }
  if (character === '"' || character === "'") return quotedWord(text, at)
  let end = at
  while (end < text.length && !/[\s;{}]/.test(text[end] ?? '')) {
    // The braces of a variable belong to the word. Where none is left, none is looked for again.
    const close = end < lastClose && text.startsWith('${', end) ? text.indexOf('}', end) : -1
    end = close === -1 ? end + (text[end] === '\\' ? 2 : 1) : close + 1
  }
  return { kind: 'word', text: text.slice(at, end), offset: at, end: Math.max(end, at + 1) }
}

function quotedWord(text: string, open: number): Token {
  let end = open + 1
  while (end < text.length && text[end] !== text[open]) end += text[end] === '\\' ? 2 : 1
  return { kind: 'word', text: text.slice(open + 1, end), offset: open + 1, end: end + 1 }
}

/** Lua is another language: its braces are counted, and nothing else of it is looked at. */
function endOfBlock(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1
    if (text[at] === '}') depth -= 1
    if (depth === 0) return at + 1
  }
  return text.length
}
