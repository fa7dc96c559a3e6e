/** The compiler has nothing to say, neither of the whole nor of the pure part without Node's types. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCompiler } from './check/checkers.ts'

const root = join(import.meta.dirname, '..')

for (const [project, title] of [
  ['tsconfig.json', 'every file obeys its types'],
  ['tsconfig.web.json', 'the dashboard obeys its types, and its tests with it'],
  ['tsconfig.core.json', 'core and contracts compile without Node, timers and console'],
] as const) {
  test(title, async () => {
    const result = await runCompiler(root, project)
    assert.ok(result.isClean, `${result.command}\n${result.output}`)
  })
}
