/**
 * Templates: text with `${…}` in it, each holding one CEL expression. `$${` stands for a plain `${`.
 * Only splits; nothing is evaluated here.
 */
import type { Result } from './result.ts'

/** An expression in a template. */
export interface Hole {
  readonly expression: string
  /** Where the expression starts in the template's text, behind `${`. */
  readonly offset: number
}

/** A template, split. */
export interface Template {
  readonly parts: readonly (string | Hole)[]
  /** Whether the text is one hole and nothing else, so that the value keeps its type. */
  readonly isWhole: boolean
}

/** Splits a text into what stands as it is, and expressions. */
export function parseTemplate(text: string): Result<Template> {
  const parts: (string | Hole)[] = []
  let plain = ''
  let offset = 0
  while (offset < text.length) {
    if (text.startsWith('$${', offset)) {
      plain += '${'
      offset += 3
    } else if (text.startsWith('${', offset)) {
      const end = endOfHole(text, offset + 2)
      if (end === undefined) return unclosed(offset)
      if (plain !== '') parts.push(plain)
      plain = ''
      parts.push({ expression: text.slice(offset + 2, end), offset: offset + 2 })
      offset = end + 1
    } else {
      plain += text[offset]
      offset += 1
    }
  }
  if (plain !== '') parts.push(plain)
  return { ok: true, value: { parts, isWhole: parts.length === 1 && typeof parts[0] === 'object' } }
}

/** Prints a template so that {@link parseTemplate} reads the same parts again. */
export function printTemplate(parts: Template['parts']): string {
  return parts
    .map((part) =>
      typeof part === 'string' ? part.replaceAll('${', () => '$${') : `\${${part.expression}}`,
    )
    .join('')
}

function unclosed(offset: number): Result<Template> {
  const sentence = `a template starts with \${ and is not closed with }; write $\${ for a plain \${`
  return { ok: false, problem: { reason: 'malformed', sentence, offset } }
}

/** The offset of the `}` that closes a hole: braces are counted, strings skipped. */
function endOfHole(text: string, start: number): number | undefined {
  let depth = 0
  let offset = start
  while (offset < text.length) {
    const character = text[offset]
    if (character === '"' || character === "'") {
      offset = endOfString(text, offset)
      continue
    }
    if (character === '{') depth += 1
    if (character === '}') {
      if (depth === 0) return offset
      depth -= 1
    }
    offset += 1
  }
  return undefined
}

/** The offset behind a CEL string: plain, raw (`r'…'`) or triple-quoted. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? ''
  const isRaw = /(?:^|[^A-Za-z0-9_])[bB]?[rR][bB]?$/.test(text.slice(Math.max(0, start - 3), start))
  const isTriple = text.startsWith(quote.repeat(3), start)
  const closing = isTriple ? quote.repeat(3) : quote
  let offset = start + closing.length
  while (offset < text.length) {
    if (text.startsWith(closing, offset)) return offset + closing.length
    offset += text[offset] === '\\' && !isRaw ? 2 : 1
  }
  return text.length
}
