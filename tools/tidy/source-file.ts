/**
 * The repository's files as the rules see them: the text, and the code alone with comments and the
 * insides of strings blanked out, so that a rule about code never trips over a sentence about it.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blankOut } from './blank-out.ts'

/** One file of the repository. */
export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly text: string
  /** The text with comments blanked; lines and columns stay where they are. */
  readonly uncommented: string
  /** The text with comments and the insides of strings blanked. */
  readonly code: string
}

/** A file from its path and text, so that rules can be tried on text given in memory. */
export function sourceFile(path: string, text: string): SourceFile {
  const isCode = /\.(ts|tsx|mjs)$/.test(path)
  return {
    path,
    text,
    uncommented: isCode ? blankOut(text, { strings: false }) : text,
    code: isCode ? blankOut(text, { strings: true }) : text,
  }
}

/** Every file that is part of the project, in a fixed order. */
export function readSourceFiles(root: string): readonly SourceFile[] {
  const places = [
    '*.{md,json,ts}',
    '.ci/*',
    '{src,test,tools,bench,examples,bin}/**/*.{ts,tsx,mjs,json,yaml,yml,md}',
    'docs/**/*.{md,yaml,json}',
  ]
  const paths = globSync(places, {
    cwd: root,
    exclude: (name) => ['node_modules', 'dist', '.rampart', 'tmp', 'corpus'].includes(name),
  })
  return paths.sort().map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')))
}

/** The line, from 1, that holds this offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
