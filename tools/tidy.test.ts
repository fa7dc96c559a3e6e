/** The rules of the house, each proved on the repository, on a violation, and on what only looks like one. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { docComment } from './tidy/doc-comment.ts'
import { fileLength } from './tidy/file-length.ts'
import { fileNames } from './tidy/file-names.ts'
import { functionLength } from './tidy/function-length.ts'
import { layersHold } from './tidy/layers-hold.ts'
import { lockFile } from './tidy/lock-file.ts'
import { noAmbientTime } from './tidy/no-ambient-time.ts'
import { noBareError } from './tidy/no-bare-error.ts'
import { noBarrels } from './tidy/no-barrels.ts'
import { noDefaultExport } from './tidy/no-default-export.ts'
import { noForeignWords } from './tidy/no-foreign-words.ts'
import { noOnly } from './tidy/no-only.ts'
import { noReminders } from './tidy/no-reminders.ts'
import { printFinding } from './tidy/rule.ts'
import { readSourceFiles } from './tidy/source-file.ts'
import { sourceHasTest } from './tidy/source-has-test.ts'

const files = readSourceFiles(join(import.meta.dirname, '..'))

const rules = [
  layersHold,
  noAmbientTime,
  noBareError,
  noOnly,
  noReminders,
  noDefaultExport,
  noBarrels,
  fileLength,
  functionLength,
  sourceHasTest,
  noForeignWords,
  fileNames,
  docComment,
  lockFile,
]

for (const rule of rules) {
  test(rule.title, () => {
    const findings = rule.check(files).map(printFinding)
    assert.equal(findings.length, 0, `\n${findings.join('\n')}`)
  })

  test(`a violation is noticed: ${rule.title}`, () => {
    for (const file of rule.planted) {
      assert.equal(rule.check([file]).length, 1, `in ${file.path}: ${file.text.slice(0, 80)}`)
    }
    assert.deepEqual(rule.check(rule.innocent), [])
  })
}
