/**
 * The corpus: every port that a case's files claim is found, at its place, and nothing else is. Each
 * folder of `corpus` is a case, with its files below `files` and what is expected of them beside it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiskFolder } from '../../src/scan/files/open-folder.ts'
import type { Stance } from '../../src/scan/found/found-port.ts'
import { judgeScan } from '../../src/scan/judge/judge-scan.ts'
import { type Scan, scanFolder } from '../../src/scan/scan-folder.ts'
import {
  corpusCases,
  filesOfCase,
  policiesOf,
  printExpected,
  printExpectedFinding,
  printFinding,
  printFound,
  readExpected,
} from './corpus-case.ts'

for (const name of corpusCases()) {
  test(`the scan says of ${name} what stands beside it`, () => {
    const folder = new DiskFolder({ root: filesOfCase(name) })
    const scan = scanFolder(folder)
    const expected = readExpected(name)
    assert.deepEqual([...folder.remarks, ...scan.remarks], [])
    assert.deepEqual(linesOf(scan, 'claim'), expected.claims.map(printExpected).sort())
    if (expected.connections !== undefined) {
      const connections = expected.connections.map((one) => printExpected({ address: '-', ...one }))
      assert.deepEqual(linesOf(scan, 'consumption'), connections.sort())
    }
    // Guesses are only shown when they are asked for, and none of them is expected.
    const told = judgeScan(scan.ports, { policies: policiesOf(name) }).filter(
      ({ severity }) => severity !== 'note',
    )
    assert.deepEqual(
      told.map(printFinding).sort(),
      expected.findings.map(printExpectedFinding).sort(),
    )
  })
}

/** Each place once: one line may be used in several ways of starting a unit. */
function linesOf(scan: Scan, stance: Stance): readonly string[] {
  return [...new Set(scan.ports.filter((one) => one.stance === stance).map(printFound))].sort()
}
