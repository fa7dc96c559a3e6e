/** The guide does what it says: its commands are run as they stand, with its contract. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { openFolder, rampart, stopDaemon } from '../support/rampart.ts'
import { blocksOf } from './markdown-blocks.ts'

const guide = readFileSync(
  join(import.meta.dirname, '../../docs/guides/first-environment.md'),
  'utf8',
)

/** What each command must say, and how it ends when that is not with 0. */
const SAYS: readonly {
  readonly command: string
  readonly says: RegExp
  readonly exitCode?: number
}[] = [
  { command: 'rampart init', says: /Wrote .*hello\.mjs/ },
  { command: 'rampart check', says: /shop is an environment of 2 components/ },
  { command: 'rampart plan', says: /fill +after web ready/ },
  { command: 'rampart up', says: /critical path \(\*\): web → fill/ },
  { command: 'rampart status', says: /shop is ready/ },
  { command: 'rampart logs web', says: /listening on port/ },
  { command: 'rampart up', says: /fill: .* Its last error: no table/, exitCode: 3 },
  { command: 'rampart explain latest', says: /undone after/ },
  { command: 'rampart down', says: /Nothing is left: no process, no port/ },
  { command: 'rampart ledger verify', says: /intact/ },
  { command: 'rampart replay latest', says: /agree; the state is down/ },
  { command: 'rampart daemon stop', says: /has stopped/ },
]

test('the guide from an empty folder to a proved environment holds', async (t) => {
  const folder = openFolder(t, 'shop')
  const blocks = blocksOf(guide)
  const contract = present(
    blocks.find(({ text }) => text.includes('apiVersion')),
    'the guide has a contract',
  ).text
  const broken = present(
    blocks.find(({ text }) => text.includes('no table')),
    'the guide breaks a part',
  ).text
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'))
    .filter((line) => line.startsWith('rampart '))
  assert.deepEqual(
    commands,
    SAYS.map(({ command }) => command),
  )
  for (const { command, says, exitCode = 0 } of SAYS) {
    if (command === 'rampart check') writeFileSync(join(folder, 'rampart.yaml'), contract)
    if (exitCode !== 0) {
      const [, failing = ''] = /(command: .*)/.exec(broken) ?? []
      const text = contract.replace(/command: \[node, -e.*/, failing)
      writeFileSync(join(folder, 'rampart.yaml'), text)
    }
    const told = await rampart(command.split(' ').slice(1), { cwd: folder })
    assert.equal(told.exitCode, exitCode, `${command}: ${told.stderr}`)
    assert.match(`${told.stdout}${told.stderr}`, says, command)
  }
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})
