/** Malformed contracts at the command line: exit code 2, every place named, nothing started. */
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Issue } from '../../src/contracts/document/issue.ts'
import { runInProcess } from '../support/cli.ts'
import type { Finished } from '../support/rampart.ts'
import { openFolder, rampart } from '../support/rampart.ts'

const malformed = join(import.meta.dirname, 'malformed')
const names = readdirSync(malformed).filter((name) => name.endsWith('.yaml'))

function assertRefused(name: string, folder: string, refused: Finished): void {
  const { exitCode, stdout, stderr } = refused
  assert.equal(exitCode, 2, stderr)
  assert.equal(stdout, '')
  assert.match(stderr, /^rampart\.yaml:\d+:\d+: \S/, name)
  assert.match(stderr, /issues?; nothing was started\. Correct it and run: rampart check\n$/)
  assert.deepEqual(readdirSync(folder), ['rampart.yaml'], 'nothing was made in the folder')
}

for (const name of names) {
  test(`check, plan, up and down refuse ${name} and start nothing`, async (t) => {
    const folder = openFolder(t)
    copyFileSync(join(malformed, name), join(folder, 'rampart.yaml'))
    for (const verb of ['check', 'plan', 'up', 'down']) {
      assertRefused(name, folder, await runInProcess([verb], folder))
      const { exitCode, stdout } = await runInProcess([verb, '--json'], folder)
      const { verdict, issues } = JSON.parse(stdout) as { verdict: string; issues: Issue[] }
      assert.deepEqual([exitCode, verdict], [2, 'invalid'])
      assert.notEqual(issues.length, 0)
      for (const issue of issues) assert.ok(issue.line && issue.column, issue.message)
    }
    assert.ok(!existsSync(join(folder, '.rampart')), 'no daemon was started')
  })
}

test('the real command refuses them in the same way', async (t) => {
  const folder = openFolder(t)
  for (const name of [names[0], names[5], names.at(-1)]) {
    copyFileSync(join(malformed, name ?? ''), join(folder, 'rampart.yaml'))
    for (const verb of ['check', 'up']) {
      assertRefused(String(name), folder, await rampart([verb], { cwd: folder }))
    }
  }
})
