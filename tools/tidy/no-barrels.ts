/** Only the doors re-export; inside the house everything is imported from where it is made. */
import { findMatches, isCode } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

const DOORS = /^src\/(index|testing|sdk\/index)\.ts$/

export const noBarrels: Rule = {
  title: 'only the doors re-export',
  check: (files) =>
    findMatches({
      files: files.filter((file) => isCode(file) && !DOORS.test(file.path)),
      pattern: /\bexport (type )?\* from\b/g,
      view: (file) => file.code,
      sentence: (found) => `\`${found}\` makes a barrel; import from the file that makes the thing`,
    }),
  planted: [sourceFile('src/cli/a.ts', `export * from './b.ts'\n`)],
  innocent: [sourceFile('src/index.ts', `export * from './core/fault/fault.ts'\n`)],
}
