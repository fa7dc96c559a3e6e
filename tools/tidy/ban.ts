/** Makes a rule out of a pattern that must not occur. */
import type { Finding } from './rule.ts'
import { lineAt, type SourceFile } from './source-file.ts'

/** A finding for every match of a pattern in some view of the files. */
export function findMatches(options: {
  readonly files: readonly SourceFile[]
  readonly pattern: RegExp
  readonly view: (file: SourceFile) => string
  /** What is wrong and what to write instead. */
  readonly sentence: (found: string) => string
}): readonly Finding[] {
  return options.files.flatMap((file) => {
    const text = options.view(file)
    return [...text.matchAll(options.pattern)].map((match) => ({
      file: file.path,
      line: lineAt(text, match.index),
      sentence: options.sentence(match[0]),
    }))
  })
}

/** Whether a file is a test, or made for tests only. */
export function isTest(file: SourceFile): boolean {
  return /\.test\.tsx?$/.test(file.path) || /(^test\/|\/fixtures\/)/.test(file.path)
}

/** Whether a file holds TypeScript that ships. */
export function isShipped(file: SourceFile): boolean {
  return /^src\/.*\.tsx?$/.test(file.path) && !isTest(file)
}

/** Whether a file holds TypeScript or JavaScript. */
export function isCode(file: SourceFile): boolean {
  return /\.(ts|tsx|mjs)$/.test(file.path)
}
