import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkLayers, findImports, printLayers } from './layers.ts'
import { sourceFile } from './tidy/source-file.ts'

const root = join(import.meta.dirname, '..')

test('ARCHITECTURE.md shows exactly the table that is enforced', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const table = text.split('\n').filter((line) => line.startsWith('|'))
  assert.deepEqual(table.map(cellsOf), printLayers().split('\n').map(cellsOf))
})

// The formatter pads cells and rules, which says nothing.
function cellsOf(row: string): readonly string[] {
  return row.split('|').map((cell) => cell.trim().replace(/^-+$/, '---'))
}

test('every way of importing is seen', () => {
  const text = [
    `import { a } from './a.ts'`,
    `import type { B } from './b.ts'`,
    `import {\n  c,\n  type C,\n} from './c.ts'`,
    `export { d } from './d.ts'`,
    `export type * from './e.ts'`,
    `import './f.ts'`,
    `const g = await import('./g.ts')`,
    `type H = import('./h.ts').H`,
    `import i, * as all from './i.ts'`,
  ].join('\n')
  const specifiers = findImports(text).map((found) => found.specifier)
  assert.deepEqual(
    specifiers,
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => `./${name}.ts`),
  )
})

const forbidden: readonly (readonly [path: string, specifier: string])[] = [
  ['src/core/ramp/advance.ts', 'node:fs'],
  ['src/core/ramp/advance.ts', 'zod'],
  ['src/core/ramp/advance.ts', '../../engine/loop.ts'],
  ['src/contracts/rollout/plan.ts', '../environment/plan.ts'],
  ['src/contracts/document/read.ts', '../environment/plan.ts'],
  ['src/contracts/rollout/plan.ts', 'node:path'],
  ['src/contracts/rollout/plan.ts', '../../seams/clock.ts'],
  ['src/seams/clock.ts', 'node:timers'],
  ['src/engine/loop.ts', '../ledger/memory/memory-ledger.ts'],
  ['src/ledger/sqlite/sqlite-ledger.ts', '../memory/memory-ledger.ts'],
  ['src/probes/http/http-probe.ts', '../tcp/tcp-probe.ts'],
  ['src/probes/http/http-probe.ts', '../../runtimes/process/process-runtime.ts'],
  ['src/runtimes/process/process-runtime.ts', '../../contracts/contract.ts'],
  ['src/runtimes/process/process-runtime.ts', '../container/container-runtime.ts'],
  ['src/cli/up.ts', '../server/server.ts'],
  ['src/cli/up.ts', '../engine/loop.ts'],
  ['src/sdk/client.ts', 'undici'],
  ['src/sdk/client.ts', '../server/client/client.ts'],
  ['src/server/server.ts', '../main.ts'],
  ['src/core/ramp/advance.ts', '../../../test/support/require-part.ts'],
  ['src/drawer/thing.ts', '../core/fault/fault.ts'],
]

for (const [path, specifier] of forbidden) {
  test(`${path} may not import ${specifier}`, () => {
    const file = sourceFile(path, `/** A doc. */\nimport { thing } from '${specifier}'\n`)
    const findings = checkLayers([file])
    assert.equal(findings.length, 1)
    assert.equal(findings[0]?.line, 2)
  })
}

const allowed: readonly (readonly [path: string, specifier: string])[] = [
  ['src/core/units/digest.ts', '@noble/hashes/sha2.js'],
  ['src/contracts/rollout/definition.ts', '../document/issue.ts'],
  ['src/contracts/registry.ts', './rollout/plan.ts'],
  ['src/contracts/rollout/plan.ts', '@bufbuild/cel'],
  ['src/probes/http/http-probe.ts', '../answer/answer.ts'],
  ['src/probes/http/http-probe.ts', 'node:http'],
  ['src/cli/up.ts', '../server/client/client.ts'],
  ['src/sdk/client.ts', 'node:http'],
  ['src/main.ts', './runtimes/process/process-runtime.ts'],
  ['src/daemon/daemon.ts', '../ledger/sqlite/sqlite-ledger.ts'],
  ['src/probes/http/http-probe.test.ts', '../tcp/tcp-probe.ts'],
]

for (const [path, specifier] of allowed) {
  test(`${path} may import ${specifier}`, () => {
    const file = sourceFile(path, `/** A doc. */\nimport { thing } from '${specifier}'\n`)
    assert.deepEqual(checkLayers([file]), [])
  })
}

test('an import that is only spoken of in a comment is not one', () => {
  const file = sourceFile('src/core/a.ts', `/** import { a } from 'node:fs' */\n// import 'zod'\n`)
  assert.deepEqual(checkLayers([file]), [])
})
