/** Every folder of code has tests beside it; files that are types alone need none. */
import { stripTypeScriptTypes } from 'node:module'
import { posix } from 'node:path'
import { isShipped } from './ban.ts'
import type { Rule } from './rule.ts'
import { type SourceFile, sourceFile } from './source-file.ts'

// Programs only put parts together; what tests them runs the whole.
const PROGRAM = /^src\/(main|daemon)[a-z-]*\.ts$/

export const sourceHasTest: Rule = {
  title: 'every folder of source has tests beside it',
  check: (files) => {
    const tests = files.map((file) => file.path).filter((path) => /\.test\.tsx?$/.test(path))
    const tested = new Set([...tests, ...tests.map((path) => posix.dirname(path))])
    const untested = files
      .filter((file) => isShipped(file) && !PROGRAM.test(file.path))
      .filter((file) => !placesOf(file.path).some((place) => tested.has(place)) && isRun(file))
    return [...new Set(untested.map((file) => posix.dirname(file.path)))].map((folder) => ({
      file: folder,
      line: 1,
      sentence: 'is not tested; write a .test.ts beside the code that goes through its exports',
    }))
  },
  planted: [sourceFile('src/cli/a.ts', 'export const a = 1\n')],
  innocent: [
    sourceFile('src/main.ts', 'run()\n'),
    sourceFile('src/seams/a.ts', '/** A seam. */\nexport interface A {\n  readonly a: 1\n}\n'),
    sourceFile('src/probes/http/a.ts', 'export const a = 1\n'),
    sourceFile('src/probes/http/body/c.ts', 'export const c = 1\n'),
    sourceFile('src/ledger/sqlite/d.ts', 'export const d = 1\n'),
    sourceFile('test/conformance/ledger.test.ts', ''),
    sourceFile('src/probes/http/b.test.ts', `import { a } from './a.ts'\n`),
  ],
}

/** Where a test may stand: beside the file, higher up in the same part, or as the layer's suite. */
function placesOf(path: string): readonly string[] {
  const segments = path.split('/').slice(0, -1)
  const above = segments.map((_, index) => segments.slice(0, index).join('/')).slice(3)
  // What draws pages is tried in a browser, as a whole.
  const whole = segments[1] === 'web' ? ['test/browser'] : []
  return [segments.join('/'), ...above, `test/conformance/${segments[1]}.test.ts`, ...whole]
}

function isRun(file: SourceFile): boolean {
  if (file.path.endsWith('.tsx')) return true
  return /\S/.test(stripTypeScriptTypes(file.uncommented).replaceAll(/[;\s]/g, ''))
}
