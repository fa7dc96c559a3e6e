/** Files are named after the one noun or verb inside; there are no drawers. */
import { posix } from 'node:path'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

const KEBAB_CASE = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const PLAIN_DOCUMENT = /^[A-Z]+\.md$/
const DRAWER = /(^|\/)(utils?|helpers?|types?|lib|misc|common)(\/|\.)/

export const fileNames: Rule = {
  title: 'files are named in kebab-case after what is in them',
  check: (files) =>
    files.flatMap(({ path }) => {
      const isPlain = PLAIN_DOCUMENT.test(posix.basename(path))
      const isKebab = path.split('/').every((name) => KEBAB_CASE.test(name)) || isPlain
      if (!isKebab) return [{ file: path, line: 1, sentence: 'rename it in kebab-case' }]
      if (!DRAWER.test(path)) return []
      const sentence = 'is a drawer; name files after the one noun or verb inside'
      return [{ file: path, line: 1, sentence }]
    }),
  planted: [
    sourceFile('src/cli/upCommand.ts', ''),
    sourceFile('src/cli/utils.ts', ''),
    sourceFile('src/cli/helpers/print.ts', ''),
  ],
  innocent: [
    sourceFile('README.md', ''),
    sourceFile('bench/RESULTS.md', ''),
    sourceFile('src/cli/up-command.serial.test.ts', ''),
    sourceFile('docs/decisions/0001-hash-in-the-core.md', ''),
  ],
}
