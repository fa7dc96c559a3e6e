/** A file fits in the head. */
import { isCode, isTest } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

const MOST_LINES = 400
const MOST_LINES_OF_A_TEST = 600

export const fileLength: Rule = {
  title: `no file has more than ${MOST_LINES} lines, no test more than ${MOST_LINES_OF_A_TEST}`,
  check: (files) =>
    // Nobody reads what is generated from its beginning to its end.
    files
      .filter((file) => isCode(file) && !file.path.endsWith('/generated.ts'))
      .flatMap((file) => {
        const lines = file.text.split('\n').length - 1
        const most = isTest(file) ? MOST_LINES_OF_A_TEST : MOST_LINES
        if (lines <= most) return []
        const sentence = `${lines} lines are more than ${most}; split the file by noun or verb`
        return [{ file: file.path, line: most + 1, sentence }]
      }),
  planted: [
    sourceFile('src/cli/a.ts', 'a()\n'.repeat(MOST_LINES + 1)),
    sourceFile('src/cli/a.test.ts', 'a()\n'.repeat(MOST_LINES_OF_A_TEST + 1)),
  ],
  innocent: [
    sourceFile('src/cli/a.ts', 'a()\n'.repeat(MOST_LINES)),
    sourceFile('src/cli/generated.ts', 'a()\n'.repeat(2 * MOST_LINES)),
    sourceFile('docs/cli.md', 'a\n'.repeat(2 * MOST_LINES)),
  ],
}
