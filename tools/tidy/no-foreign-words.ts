/** Nothing in the repository depends on one machine's paths or one registry's address. */
import { findMatches } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

// Written in parts, so that this file obeys its own rule.
const ABSOLUTE_PATHS = ['work/', 'root/', 'home/[a-z]', 'Users/[a-z]']
const PATTERN = new RegExp(
  [`(?<![\\w.*/$}-])/(${ABSOLUTE_PATHS.join('|')})`, '\\bregistry\\.[a-z0-9-]+\\.[a-z]{2,}'].join(
    '|',
  ),
  'g',
)

export const noForeignWords: Rule = {
  title: 'nothing depends on one machine or one registry',
  check: (files) =>
    findMatches({
      files: files.filter((file) => file.path !== 'package-lock.json'),
      pattern: PATTERN,
      view: (file) => file.text,
      sentence: (found) =>
        `\`${found}\` is true of one machine only; write a relative path or a setting`,
    }),
  planted: [
    sourceFile('docs/a.md', ['See ', '/work', '/notes.md\n'].join('')),
    sourceFile('README.md', ['npm reads https://', 'registry.', 'example.org\n'].join('')),
  ],
  innocent: [
    sourceFile(
      'docs/a.md',
      'The frame/work/flow, and network/ports, and the registry. Then more.\n',
    ),
  ],
}
