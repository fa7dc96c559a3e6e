/** Targets at the command line: which one is meant, and what is up for one stays what it is. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { openFolder, stopDaemon } from '../../../test/support/rampart.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { leftovers } from '../../runtimes/process/leftovers.ts'

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: tiny }
spec:
  settings:
    word: { from: TINY_WORD, default: plain }
  components:
    web:
      run:
        command: [node, -e, "console.log(process.env.SAID); setInterval(() => {}, 1000)"]
        env: { SAID: "\${run.target} says \${settings.word}" }
      ready: [{ log: { pattern: " says " } }]
    extra:
      needs: [web]
      run: { command: [node, -e, "setInterval(() => {}, 1000)"] }
  targets:
    laptop: { without: [extra], settings: { word: mine } }
    ci: { settings: { word: { from: CI_WORD, default: given } } }
`

function openTiny(t: TestContext): string {
  const folder = openFolder(t)
  writeFileSync(join(folder, 'rampart.yaml'), CONTRACT)
  return folder
}

async function planOf(folder: string, argv: readonly string[], settings = {}): Promise<Plan> {
  const { exitCode, stdout, stderr } = await runInProcess(
    ['plan', ...argv, '--json'],
    folder,
    settings,
  )
  assert.equal(exitCode, 0, stderr)
  return (JSON.parse(stdout) as { readonly plan: Plan }).plan
}

test('the target is named by its flag, else by RAMPART_TARGET, else the command is refused', async (t) => {
  const folder = openTiny(t)
  const usual = { RAMPART_TARGET: 'ci' }
  assert.equal((await planOf(folder, ['--target', 'laptop'])).contract.target, 'laptop')
  assert.equal((await planOf(folder, [], usual)).contract.target, 'ci')
  assert.equal((await planOf(folder, ['--target', 'laptop'], usual)).contract.target, 'laptop')
  for (const verb of ['plan', 'up', 'simulate', 'prove', 'trend']) {
    const refused = await runInProcess([verb], folder)
    assert.equal(refused.exitCode, 2, verb)
    assert.match(refused.stderr, /tiny has the targets ci and laptop, and none was named/)
    assert.match(refused.stderr, /rampart explain target-missing/)
  }
  const misspelt = await runInProcess(['up', '--target', 'cli'], folder)
  assert.match(misspelt.stderr, /tiny has no target cli; .* Did you mean ci\?/)
})

test('RAMPART_TARGET is not looked at where a contract has no targets', async (t) => {
  const folder = openTiny(t)
  const plain = CONTRACT.replace(/ {2}targets:(?:.|\n)*$/, '').replace(/\$\{run.target\} /, '')
  writeFileSync(join(folder, 'rampart.yaml'), plain)
  const plan = await planOf(folder, [], { RAMPART_TARGET: 'ci' })
  assert.equal(plan.contract.target, undefined)
  const named = await runInProcess(['plan', '--target', 'ci'], folder)
  assert.match(named.stderr, /tiny has no targets, so it cannot be run for ci; leave --target out/)
})

test('two targets are put side by side, and so are two revisions', async (t) => {
  const folder = openTiny(t)
  const argv = ['plan', '--target', 'laptop', '--against']
  const targets = await runInProcess([...argv, 'ci'], folder)
  assert.equal(targets.exitCode, 0, targets.stderr)
  assert.equal(
    targets.stdout,
    [
      'tiny up: laptop against ci',
      '',
      'Only ci',
      '  1 stage  extra',
      '',
      'Settings  laptop → ci',
      '  word  "mine"  → from CI_WORD, else "given"',
      '',
    ].join('\n'),
  )
  const next = CONTRACT.replace('[web]', '[{ web: started }]').replace('" says "', 'says')
  writeFileSync(join(folder, 'next.yaml'), next)
  const files = await runInProcess(['plan', '--target', 'ci', '--against', 'next.yaml'], folder)
  assert.match(
    files.stdout,
    /^tiny up for ci: rampart\.yaml against next\.yaml\nThe contract itself/,
  )
  assert.match(files.stdout, /\nextra\n {2}needs web {2}ready → started\n/)
  assert.match(files.stdout, /\nweb\n {2}condition log pattern {3}says {2}→ says\n/)
  const same = await runInProcess([...argv, 'laptop'], folder)
  assert.match(same.stdout, /Nothing else differs/)
  const nobody = await runInProcess([...argv, 'cli'], folder)
  assert.equal(nobody.exitCode, 2)
  assert.match(
    nobody.stderr,
    /cli is neither a file nor a target of tiny, which has ci and laptop\./,
  )
})

test('what is up for one target is watched and taken down as that, and never becomes another', async (t) => {
  const folder = openTiny(t)
  const up = await runInProcess(['up', '--target', 'laptop'], folder)
  assert.equal(up.exitCode, 0, up.stderr)
  assert.match(up.stderr, /tiny +up +tiny-up-\w+ for laptop by tester/)
  const { stdout: logs } = await runInProcess(['logs', 'web'], folder)
  assert.match(logs, /laptop says mine/)
  const status = await runInProcess(['status'], folder)
  assert.match(status.stdout, /^tiny for laptop is ready/)
  const other = await runInProcess(['up', '--target', 'ci'], folder)
  assert.equal(other.exitCode, 3)
  assert.match(other.stderr, /tiny is up for laptop, so it cannot be ramped for ci\./)
  const again = await runInProcess(['up', '--target', 'laptop'], folder)
  assert.equal(again.exitCode, 0, again.stderr)
  const wrong = await runInProcess(['down', '--target', 'ci'], folder)
  assert.equal(wrong.exitCode, 3)
  const down = await runInProcess(['down', '--json'], folder, { RAMPART_TARGET: 'ci' })
  assert.equal(down.exitCode, 0, down.stderr)
  const { stages } = JSON.parse(down.stdout) as { stages: readonly { name: string }[] }
  assert.deepEqual(
    stages.map(({ name }) => name),
    ['web'],
  )
  const ci = await runInProcess(['up', '--target', 'ci'], folder, { CI_WORD: 'green' })
  assert.equal(ci.exitCode, 0, ci.stderr)
  assert.match((await runInProcess(['logs', 'web'], folder)).stdout, /ci says green/)
  await runInProcess(['down'], folder)
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})

test('who owns what broke is told wherever it is named', async (t) => {
  const folder = openTiny(t)
  const text = CONTRACT.replace(
    'web:\n',
    'web:\n      owner: store\n      deadline: 300ms\n',
  ).replace('[{ log: { pattern: " says " } }]', '[{ log: { pattern: never }, owner: data }]')
  writeFileSync(join(folder, 'rampart.yaml'), text)
  const { stdout: said } = await runInProcess(['check'], folder)
  assert.match(said, /1\. web comes first; .* It is owned by store\.\n/)
  assert.match(said, /- log: log never, owned by data\n/)
  const up = await runInProcess(['up', '--target', 'laptop'], folder)
  assert.equal(up.exitCode, 3)
  assert.match(up.stderr, /\nweb \(owned by data\): log was not met/)
  for (const verb of [['status'], ['explain', 'tiny'], ['why', 'tiny']]) {
    assert.match((await runInProcess(verb, folder)).stdout, /owned by data/, verb[0])
  }
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})

test('what is up for a target that the contract has lost is taken down all the same', async (t) => {
  const folder = openTiny(t)
  const up = await runInProcess(['up', '--target', 'ci'], folder)
  assert.equal(up.exitCode, 0, up.stderr)
  writeFileSync(join(folder, 'rampart.yaml'), CONTRACT.replace(/ {4}ci: .*\n/, ''))
  const down = await runInProcess(['down'], folder)
  assert.equal(down.exitCode, 0, down.stderr)
  assert.match(down.stderr, /Nothing is left: no process, no port\./)
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})
