/**
 * Files of other tools, and the contracts they become. Beside each stand its contract and what was
 * lost; read both as the person who wrote the file.
 *
 * Write them anew with RAMPART_UPDATE_GOLDEN=1, and read the difference.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  IMPORT_FORMATS,
  type ImportFormat,
  importContract,
} from '../../src/contracts/import/import-contract.ts'
import { printContract } from '../../src/contracts/import/print-contract.ts'
import { parseContracts } from '../../src/contracts/index.ts'

const root = join(import.meta.dirname, 'import')

for (const format of IMPORT_FORMATS) {
  describe(format, () => {
    const names = sourcesOf(format)
    test('there are at least five files', () => assert.ok(names.length >= 5))
    for (const name of names) test(`${name} becomes its contract`, () => check(format, name))
  })
}

function sourcesOf(format: ImportFormat): readonly string[] {
  return readdirSync(join(root, format))
    .filter((name) => /\.(yaml|Procfile)$/.test(name) && !name.endsWith('.contract.yaml'))
    .sort()
}

function check(format: ImportFormat, name: string): void {
  const text = readFileSync(join(root, format, name), 'utf8')
  const { document, lost, problem } = importContract({ format, text, name: 'shop', file: name })
  assert.equal(problem, undefined)
  assert.ok(document !== undefined)
  const printed = printContract(document)
  const { issues, contracts } = parseContracts([{ path: name, text: printed }])
  assert.deepEqual(issues, [], printed)
  assert.equal(contracts.length, 1)
  const told = lost.map(({ line, column, what, why }) => `${name}:${line}:${column} ${what}: ${why}\n`)
  const base = join(root, format, name.replace(/\.(yaml|Procfile)$/, ''))
  assertGolden(`${base}.contract.yaml`, printed)
  assertGolden(`${base}.lost.txt`, told.join(''))
}

function assertGolden(file: string, text: string): void {
  if (process.env['RAMPART_UPDATE_GOLDEN'] === '1') writeFileSync(file, text)
  assert.equal(text, readFileSync(file, 'utf8'))
}
