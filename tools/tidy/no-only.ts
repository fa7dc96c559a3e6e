/** No test shuts out the others. */
import { findMatches, isTest } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

export const noOnly: Rule = {
  title: 'no test shuts out the others',
  check: (files) =>
    findMatches({
      files: files.filter(isTest),
      pattern: /\b(test|it|describe|suite)\.only\(|\bonly: true\b/g,
      view: (file) => file.code,
      sentence: (found) =>
        `\`${found}\` shuts out the other tests; run one file with npm test -- FILE`,
    }),
  planted: [
    sourceFile('src/cli/a.test.ts', `test.only('a', () => {})\n`),
    sourceFile('src/cli/b.test.ts', `test('a', { only: true }, () => {})\n`),
  ],
  innocent: [sourceFile('src/cli/a.test.ts', `test('says .only( in words', () => {})\n`)],
}
