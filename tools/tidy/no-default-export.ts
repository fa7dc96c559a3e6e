/** Every export has a name, the same wherever it is imported. */
import { findMatches, isCode } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

export const noDefaultExport: Rule = {
  title: 'every export has a name',
  check: (files) =>
    findMatches({
      // A rampart.config.ts is a person's own file; its default export is how it is found.
      files: files.filter((file) => isCode(file) && !file.path.endsWith('rampart.config.ts')),
      pattern: /\bexport default\b|\bas default\b/g,
      view: (file) => file.code,
      sentence: (found) => `\`${found}\` has no name of its own; export it by name`,
    }),
  planted: [sourceFile('src/cli/a.ts', 'export default function () {}\n')],
  innocent: [
    sourceFile('src/cli/a.ts', `export const hint = 'write export default'\n`),
    sourceFile('examples/shop/rampart.config.ts', 'export default environment\n'),
  ],
}
