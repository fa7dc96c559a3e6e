/** The help of every command, kept whole: what a person sees first. */
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { COMMANDS } from '../../src/cli/verbs.ts'
import { runInProcess } from '../support/cli.ts'
import { assertGolden } from './golden-text.ts'

const calls = [[], ...COMMANDS.map((name) => name.split(' ')), ['ledger'], ['daemon']]

for (const words of calls) {
  const name = ['rampart', ...words].join(' ')
  test(`${name} --help tells what it does`, async () => {
    const { exitCode, stdout, stderr } = await runInProcess([...words, '--help'], tmpdir())
    assert.deepEqual([exitCode, stderr], [0, ''])
    assertGolden(`cli/help/${name.replaceAll(' ', '-')}.txt`, stdout)
    for (const line of stdout.split('\n')) assert.ok(line.length <= 110, line)
  })
}
