/** Every folder of code has tests beside it; files that are types alone need none. */
import { stripTypeScriptTypes } from 'node:module'
import { posix } from 'node:path'
import { isShipped } from './ban.ts'
import type { Rule } from './rule.ts'
import { type SourceFile, sourceFile } from './source-file.ts'

export const sourceHasTest: Rule = {
  title: 'every folder of source has tests beside it',
  check: (files) => {
    const tested = new Set(
      files
        .filter((file) => /\.test\.tsx?$/.test(file.path))
        .map((file) => posix.dirname(file.path)),
    )
    const untested = files
      .filter(isShipped)
      .filter((file) => !placesOf(file.path).some((place) => tested.has(place)) && isRun(file))
    return [...new Set(untested.map((file) => posix.dirname(file.path)))].map((folder) => ({
      file: folder,
      line: 1,
      sentence: 'is not tested; write a .test.ts beside the code that goes through its exports',
    }))
  },
  planted: [sourceFile('src/cli/a.ts', 'export const a = 1\n')],
  innocent: [
    sourceFile('src/seams/a.ts', '/** A seam. */\nexport interface A {\n  readonly a: 1\n}\n'),
    sourceFile('src/probes/http/a.ts', 'export const a = 1\n'),
    sourceFile('src/probes/http/body/c.ts', 'export const c = 1\n'),
    sourceFile('src/probes/http/b.test.ts', `import { a } from './a.ts'\n`),
  ],
}

/** Where a test may stand: beside the file, or higher up within the same part of the same layer. */
function placesOf(path: string): readonly string[] {
  const segments = path.split('/').slice(0, -1)
  const own = segments.join('/')
  return [
    own,
    ...segments.flatMap((_, index) => (index > 2 ? [segments.slice(0, index).join('/')] : [])),
  ]
}

function isRun(file: SourceFile): boolean {
  if (file.path.endsWith('.tsx')) return true
  return /\S/.test(stripTypeScriptTypes(file.uncommented).replaceAll(/[;\s]/g, ''))
}
