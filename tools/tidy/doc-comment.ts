/** Every source file begins by saying what it is. */
import { isShipped } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

export const docComment: Rule = {
  title: 'every source file begins by saying what it is',
  check: (files) =>
    files
      .filter(
        (file) => (isShipped(file) || /^tools\/.*\.ts$/.test(file.path)) && !isExempt(file.path),
      )
      .filter((file) => !/^(#!.*\n)?\/\*\*\s/.test(file.text))
      .map((file) => ({
        file: file.path,
        line: 1,
        sentence: 'begin with a doc comment: what it is, why, and what it must never do',
      })),
  planted: [sourceFile('src/cli/a.ts', `import { b } from './b.ts'\n`)],
  innocent: [
    sourceFile('src/cli/a.ts', '/** Says a. */\nexport const a = 1\n'),
    sourceFile('src/cli/a.test.ts', `import { a } from './a.ts'\n`),
  ],
}

function isExempt(path: string): boolean {
  return /\.test\.tsx?$/.test(path)
}
