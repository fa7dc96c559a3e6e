/** What `rampart people grant` refuses before it asks anybody. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { openFolder } from '../../../test/support/rampart.ts'

const ANNA = 'oidc:anna@example.org'

test('a role, a person and a label are refused by what was meant', async (t) => {
  const folder = openFolder(t)
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [
      [ANNA, '--role', 'opertor'],
      /no role opertor of people.*Did you mean operator\?\n {2}Next: .* --role operator\n/,
    ],
    [[ANNA, '--role', 'agent'], /no role agent.*viewer, operator, approver or admin\.\n {2}Next: /],
    [
      [ANNA],
      /not said: --role is viewer, operator, approver or admin\.\n {2}Next: .*--role viewer/,
    ],
    [
      ['anna@example.org', '--role', 'viewer'],
      /nobody who could sign in.*\n {2}Next: rampart people grant oidc:anna@example\.org --role viewer\n/,
    ],
    [['oidc:', '--role', 'viewer'], /nobody who could sign in.*\n {2}Next: .* oidc:anna@/],
    [[ANNA, '--role', 'viewer', '--label', 'team'], /as team=store, not team\.\n {2}Next: /],
    [
      [ANNA, '--role', 'viewer', '--label', 'team=store', '--label', 'team=cellar'],
      /one value of the label team/,
    ],
  ]
  for (const [words, expected] of refused) {
    const { exitCode, stderr } = await runInProcess(['people', 'grant', ...words], folder)
    assert.equal(exitCode, 2, stderr)
    assert.match(stderr, expected)
  }
  assert.ok(!existsSync(join(folder, '.rampart')))
})

test('a token for a label that is none is refused, not made for nothing', async (t) => {
  const words = ['token', 'create', 'ci', '--role', 'viewer', '--label', 'team']
  const { exitCode, stderr } = await runInProcess(words, openFolder(t))
  assert.equal(exitCode, 2, stderr)
  assert.match(stderr, /as team=store, not team\.\n {2}Next: rampart token create ci --role viewer/)
})
