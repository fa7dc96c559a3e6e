/** Amendments of what others own, at the command line: proposed, shown, and answered by their digest. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { collectingParts, runInProcess } from '../../../test/support/cli.ts'
import { openFolder, stopDaemon } from '../../../test/support/rampart.ts'
import type { ProposalView } from '../../server/wire/proposals.ts'
import { runCli } from '../program.ts'

function contractText(command: string): string {
  return `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  components:
    db: { owner: dora, run: { command: [${command}] } }
    web: { owner: will, run: { command: [${command}] } }
`
}

async function proposalsOf(root: string): Promise<readonly ProposalView[]> {
  const { stdout } = await runInProcess(['contracts', 'proposals', 'shop', '--json'], root)
  return (JSON.parse(stdout) as { readonly proposals: readonly ProposalView[] }).proposals
}

test('proposes what others own, waits with exit code 3, and amends once each of them said yes', async (t) => {
  const root = openFolder(t)
  t.after(() => stopDaemon(root))
  const file = join(root, 'rampart.yaml')
  writeFileSync(file, contractText('old'))
  assert.equal((await runInProcess(['apply', '--yes'], root)).exitCode, 0)
  writeFileSync(file, contractText('new'))
  const dry = await runInProcess(['apply', '--dry-run'], root)
  assert.equal(dry.exitCode, 0)
  assert.match(dry.stdout, /It takes the word of:\n +dora, for db\n +will, for web\n/)
  assert.match(dry.stdout, /\n1 to propose\.\n$/)
  const applied = await runInProcess(['apply', '--yes', '--why', 'faster'], root)
  assert.equal(applied.exitCode, 3)
  assert.match(applied.stderr, /^Applied: 1 proposed\.\nEnvironment\/shop is not amended yet: /)
  assert.match(applied.stderr, /word of dora, will\.\n {2}Next, .* contracts approve Environment/)
  const listed = await runInProcess(['contracts', 'proposals'], root)
  assert.equal(listed.exitCode, 0, listed.stderr)
  assert.match(listed.stdout, /^Environment\/shop .* by tester +waits for dora, will +faster/)
  const [proposed] = await proposalsOf(root)
  const proposal = proposed?.proposal ?? ''

  const unasked = await runInProcess(['contracts', 'approve', 'shop', '--as', 'dora'], root)
  assert.equal(unasked.exitCode, 2)
  assert.match(unasked.stdout, /~ spec\.components\.db\.run\.command: \["old"\] → \["new"\]/)
  assert.ok(unasked.stderr.includes(`approve Environment/shop --proposal ${proposal} --as dora`))
  const named = ['contracts', 'approve', 'shop', '--proposal', proposal]
  const own = await runInProcess([...named, '--as', 'dora'], root)
  assert.equal(own.exitCode, 3)
  assert.match(own.stderr, /tester proposed it, so another must approve it/)

  const dora = { ...collectingParts(root), user: 'dora' }
  assert.equal(await runCli(['contracts', 'approve', 'shop'], { ...dora, ask: async () => 'y' }), 3)
  assert.equal(
    await runCli(['contracts', 'approve', 'shop'], { ...dora, ask: async () => 'yes' }),
    0,
  )
  assert.equal(await runCli(named, { ...dora }), 3, 'who said yes already')
  const again = await runInProcess(['apply', '--yes'], root)
  assert.equal(again.exitCode, 3, 'asking again waits on')
  assert.deepEqual(
    (await proposalsOf(root)).map(({ words }) => words.map(({ by }) => by)),
    [['dora']],
  )
  assert.equal(await runCli(named, { ...collectingParts(root), user: 'will' }), 0)
  assert.equal((await proposalsOf(root))[0]?.status, 'amended')
  const done = await runInProcess(['apply', '--yes'], root)
  assert.deepEqual([done.exitCode, done.stdout], [0, '1 unchanged: nothing to do.\n'])
})

test('rejects by the digest that was seen, and says what no longer waits', async (t) => {
  const root = openFolder(t)
  t.after(() => stopDaemon(root))
  const file = join(root, 'rampart.yaml')
  for (const command of ['old', 'new']) {
    writeFileSync(file, contractText(command))
    await runInProcess(['apply', '--yes'], root)
  }
  const [seen] = await proposalsOf(root)
  writeFileSync(file, contractText('newer'))
  await runInProcess(['apply', '--yes'], root)
  const will = { ...collectingParts(root), user: 'will' }
  const first = ['--proposal', (seen?.proposal ?? '').slice(7, 27)]
  assert.equal(await runCli(['contracts', 'reject', 'shop', ...first], will), 3)
  const yes = { ...will, ask: async () => 'yes' }
  assert.equal(await runCli(['contracts', 'reject', 'shop', '--why', 'too soon'], yes), 0)
  assert.deepEqual(
    (await proposalsOf(root)).map(({ status }) => status),
    ['rejected', 'superseded'],
  )
  const none = await runInProcess(['contracts', 'reject', 'shop'], root)
  assert.equal(none.exitCode, 2)
  assert.match(none.stderr, /No amendment of Environment\/shop waits/)
})
