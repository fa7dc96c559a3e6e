/** What `rampart webhooks` refuses before it asks anybody. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { openFolder } from '../../../test/support/rampart.ts'

test('deliveries are asked for by a number, and by one status', async (t) => {
  const folder = openFolder(t)
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['-n', 'abc'], /a whole number from 1 to 500, not abc/],
    [['-n', '501'], /not 501/],
    [['--dead', '--pending'], /No delivery is dead and pending/],
  ]
  for (const [words, expected] of refused) {
    const { exitCode, stderr } = await runInProcess(['webhooks', 'deliveries', ...words], folder)
    assert.equal(exitCode, 2, stderr)
    assert.match(stderr, expected)
  }
  assert.ok(!existsSync(join(folder, '.rampart')))
})
