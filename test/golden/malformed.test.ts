/**
 * Contracts as people get them wrong, and what they are told. The texts beside them are what is
 * printed; read every one of them as the person who made the mistake.
 *
 * Write them anew with RAMPART_UPDATE_GOLDEN=1, and read the difference.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatIssues } from '../../src/contracts/document/format-issue.ts'
import { parseContracts } from '../../src/contracts/index.ts'

const folder = join(import.meta.dirname, 'malformed')
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()

test('there are at least thirty malformed contracts', () => {
  assert.ok(names.length >= 30, `${names.length} found`)
})

for (const name of names) {
  test(`${name} is refused with its issues in place`, () => {
    const text = readFileSync(join(folder, name), 'utf8')
    const files = [{ path: name, text }]
    const { issues } = parseContracts(files)
    assert.notEqual(issues.length, 0, 'a malformed contract was accepted')
    for (const issue of issues) {
      assert.ok(issue.line !== undefined && issue.column !== undefined, issue.message)
    }
    const printed = `${formatIssues(issues, files)}\n`
    const golden = join(folder, name.replace(/\.yaml$/, '.txt'))
    if (process.env['RAMPART_UPDATE_GOLDEN'] === '1') writeFileSync(golden, printed)
    assert.equal(printed, readFileSync(golden, 'utf8'))
  })
}
