/** Applying at the command line: the difference first, then only what was shown, and nothing unasked. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { collectingParts, runInProcess } from '../../../test/support/cli.ts'
import { openFolder, stopDaemon } from '../../../test/support/rampart.ts'
import { runCli } from '../program.ts'

function contractText(name: string, command: string): string {
  return `apiVersion: rampart/v1
kind: Environment
metadata: { name: ${name}, labels: { team: store } }
spec: { components: { api: { run: { command: [${command}] } } } }
`
}

test('shows the difference, asks, applies what was shown, and lists it', async (t) => {
  const root = openFolder(t)
  for (const name of ['shop', 'pages']) {
    mkdirSync(join(root, name))
    writeFileSync(join(root, name, 'rampart.yaml'), contractText(name, 'old'))
  }
  const dry = await runInProcess(['apply', '-f', '.', '--dry-run'], root)
  assert.equal(dry.exitCode, 0, dry.stderr)
  assert.match(dry.stdout, /^\+ Environment\/pages is new, sha256:/)
  assert.match(dry.stdout, /\n2 to create\.\n$/)
  const unasked = await runInProcess(['apply', '-f', '.'], root)
  assert.equal(unasked.exitCode, 2)
  assert.match(unasked.stderr, /nobody to ask\.\n {2}Next: rampart apply -f \. --yes/)
  assert.equal((await runInProcess(['contracts', 'list'], root)).stdout, '')

  const asking = async (answer: string | undefined): Promise<number> =>
    await runCli(['apply', '-f', '.'], { ...collectingParts(root), ask: async () => answer })
  assert.equal(await asking('y'), 3)
  assert.equal(await asking(undefined), 3)
  assert.equal(await asking('yes'), 0)
  const again = await runInProcess(['apply', '-f', '.'], root)
  assert.equal(again.stdout, '2 unchanged: nothing to do.\n')

  writeFileSync(join(root, 'shop', 'rampart.yaml'), contractText('shop', 'new'))
  const amended = await runInProcess(['apply', '-f', '.', '--yes', '--why', 'faster'], root)
  assert.match(amended.stdout, /~ spec\.components\.api\.run\.command: \["old"\] → \["new"\]/)
  assert.match(amended.stdout, /api: is run with command \["new"\] instead of \["old"\]\./)
  assert.equal(amended.stderr, 'Applied: 1 amended, 1 unchanged.\n')
  const listed = await runInProcess(['contracts', 'list', '--json', '--label', 'team=store'], root)
  const { contracts } = JSON.parse(listed.stdout) as { contracts: readonly { number: number }[] }
  assert.deepEqual(
    contracts.map(({ number }) => number),
    [1, 2],
  )
  const revisions = await runInProcess(['contracts', 'revisions', 'shop'], root)
  assert.match(revisions.stdout, /^2 .* by tester {2}faster\n1 /)
  const compared = await runInProcess(['contracts', 'compare', 'shop', '--from', '1'], root)
  assert.match(compared.stdout, /\["old"\] → \["new"\]/)
  const shown = await runInProcess(['contracts', 'show', 'shop', '--revision', '1'], root)
  assert.match(shown.stdout, /- old\n/)
  const unknown = await runInProcess(['contracts', 'show', 'shup'], root)
  assert.equal(unknown.exitCode, 2)
  assert.match(unknown.stderr, /holds no Environment called shup/)
  await stopDaemon(root)
})

test('applies nothing of a folder in which one file is wrong', async (t) => {
  const root = openFolder(t)
  writeFileSync(join(root, 'a.yaml'), contractText('good', 'a'))
  writeFileSync(join(root, 'b.yaml'), contractText('bad', 'b').replace('command', 'comand'))
  const refused = await runInProcess(['apply', '-f', '.', '--yes'], root)
  assert.equal(refused.exitCode, 2)
  assert.match(refused.stderr, /^b\.yaml:4:.*did you mean command\?/)
  const secret = 'settings: { key: { default: planted, secret: true } }, '
  writeFileSync(
    join(root, 'b.yaml'),
    contractText('bad', 'b').replace('spec: { ', `spec: { ${secret}`),
  )
  const held = await runInProcess(['apply', '-f', 'b.yaml', '--yes'], root)
  assert.equal(held.exitCode, 2)
  assert.match(held.stderr, /spec\.settings\.key: a secret with a default cannot be held/)
  assert.ok(!held.stderr.includes('planted'))
})
