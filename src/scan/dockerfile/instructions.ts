/**
 * The instructions of a Dockerfile with the place of each word: lines that go on, comments within them,
 * here-documents, another escape character. @source Dockerfile reference, Format and Parser directives
 */
import type { SourceText } from '../found/source-text.ts'

/** A word and where it begins. */
export interface Word {
  readonly text: string
  readonly offset: number
}

/** One instruction. */
export interface Instruction {
  /** In capitals: `EXPOSE`. */
  readonly name: string
  readonly offset: number
  /** What follows its name, each part of a line by itself. */
  readonly parts: readonly Word[]
}

const MOST = 5_000
/** No instruction that somebody wrote is longer. */
const LONGEST = 20_000
const MOST_WORDS = 500
const HEREDOC = /<<-?(["']?)([A-Za-z_]\w*)\1/g

/** Every instruction of a file, in its order. */
export function readInstructions(source: SourceText): readonly Instruction[] {
  const going = /^(?:#[^\n]*\n)*?#\s*escape\s*=\s*`/i.test(source.text) ? '`' : '\\'
  const found: Instruction[] = []
  let open: { name: string; offset: number; parts: Word[] } | undefined
  let awaited: string[] = []
  for (const { text, offset } of source.lines()) {
    const [here] = awaited
    if (here !== undefined) {
      if (text.trim() === here) awaited = awaited.slice(1)
      continue
    }
    if (/^\s*(#|$)/.test(text)) continue
    const isOpen = text.trimEnd().endsWith(going)
    const body = isOpen ? text.trimEnd().slice(0, -1) : text
    const start = open === undefined ? /^\s*([A-Za-z]+)(?=\s|$)/.exec(body) : undefined
    if (start !== undefined && start !== null) {
      const name = (start[1] ?? '').toUpperCase()
      open = { name, offset: offset + start[0].length - name.length, parts: [] }
    }
    const from = start?.[0].length ?? 0
    open?.parts.push({ text: body.slice(from), offset: offset + from })
    if (isOpen) continue
    if (open !== undefined) {
      found.push(open)
      awaited = /^(RUN|COPY|ADD)$/.test(open.name) ? heredocsOf(open.parts) : []
    }
    open = undefined
    if (found.length >= MOST) break
  }
  if (open !== undefined) found.push(open)
  return found
}

/** The words of an instruction, apart at spaces that no quotation mark holds together. */
export function wordsOf({ parts }: Instruction): readonly Word[] {
  const words = bounded(parts).flatMap(({ text, offset }) =>
    [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\]|["'\\])+/g)].map((match) => ({
      text: match[0],
      offset: offset + match.index,
    })),
  )
  return words.slice(0, MOST_WORDS)
}

/** All that follows the instruction's name, as one line. */
export function restOf({ parts }: Instruction): string {
  return bounded(parts)
    .map(({ text }) => text)
    .join(' ')
    .trim()
}

function bounded(parts: readonly Word[]): readonly Word[] {
  let left = LONGEST
  return parts.flatMap(({ text, offset }) => {
    const part = text.slice(0, left)
    left -= part.length
    return part === '' ? [] : [{ text: part, offset }]
  })
}

function heredocsOf(parts: readonly Word[]): string[] {
  return bounded(parts).flatMap(({ text }) =>
    [...text.matchAll(HEREDOC)].map((match) => match[2] ?? ''),
  )
}
