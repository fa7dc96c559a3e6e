/** Nothing is left to be done in a comment. */
import { findMatches, isCode } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

// Written in halves, so that this file obeys its own rule.
const WORDS = [
  ['FIX', 'ME'],
  ['TO', 'DO'],
  ['XX', 'X'],
  ['HA', 'CK'],
].map((word) => word.join(''))

export const noReminders: Rule = {
  title: 'nothing is left to be done in a comment',
  check: (files) =>
    findMatches({
      files: files.filter(isCode),
      pattern: new RegExp(`\\b(${WORDS.join('|')})\\b`, 'g'),
      view: (file) => file.text,
      sentence: (found) => `${found} is forgotten here; do it now or file an issue`,
    }),
  planted: WORDS.map((word) => sourceFile('src/cli/a.ts', `// ${word}: later\n`)),
  innocent: [sourceFile('src/cli/a.ts', '// todo lists are what this contract is about\n')],
}
