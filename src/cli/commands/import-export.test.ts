import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { openFolder } from '../../../test/support/rampart.ts'

const COMPOSE = [
  'services:',
  '  db: { image: postgres, healthcheck: { test: [CMD, pg_isready] } }',
  '  api: { image: api, depends_on: { db: { condition: service_healthy } }, restart: always }',
  '',
].join('\n')

describe('import', () => {
  test('writes a contract that holds together, and tells what is lost with its place', async (t) => {
    const folder = openFolder(t, 'My Shop')
    writeFileSync(join(folder, 'compose.yaml'), COMPOSE)
    const { exitCode, stderr } = await runInProcess(['import', 'compose.yaml'], folder)
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /compose\.yaml:3:\d+ {2}services\.api\.restart\n/)
    assert.match(readFileSync(join(folder, 'rampart.yaml'), 'utf8'), /name: my-shop\n/)
    assert.equal((await runInProcess(['check'], folder)).exitCode, 0)
    const again = await runInProcess(['import', 'compose.yaml'], folder)
    assert.equal(again.exitCode, 2)
    assert.match(again.stderr, /is there already and is left as it is/)
  })

  test('prints instead of writing, and says no when nothing may be lost', async (t) => {
    const folder = openFolder(t)
    writeFileSync(join(folder, 'compose.yaml'), COMPOSE)
    const call = ['import', 'compose.yaml', '-o', '-', '--name', 'other', '--strict']
    const { exitCode, stdout } = await runInProcess(call, folder)
    assert.equal(exitCode, 3)
    assert.match(stdout, /name: other\n/)
    const json = await runInProcess([...call, '--json'], folder)
    const { written, document, lost, issues } = JSON.parse(json.stdout)
    assert.deepEqual([written, document.metadata.name, issues], [null, 'other', []])
    assert.ok(lost.length > 0 && lost.every((one: { line: number }) => one.line > 0))
    assert.ok(!existsSync(join(folder, 'rampart.yaml')))
  })

  test('says what stands in its way', async (t) => {
    const folder = openFolder(t)
    writeFileSync(join(folder, 'broken.yaml'), 'services: [\n')
    writeFileSync(join(folder, 'notes.txt'), 'hello\n')
    const calls: readonly (readonly [readonly string[], RegExp])[] = [
      [['absent.yaml'], /There is no file .*absent\.yaml/],
      [['notes.txt'], /of no known format\n.*--format: compose, /],
      [['notes.txt', '--format', 'toml'], /toml is no format/],
      [['broken.yaml'], /broken\.yaml:\d+:\d+: this is no YAML/],
      [['notes.txt', '--format', 'compose'], /notes\.txt:1:1: there is nothing in it/],
      [['notes.txt', '--format', 'compose', '--name', 'My Shop'], /--name my-shop/],
    ]
    for (const [words, expected] of calls) {
      const { exitCode, stderr } = await runInProcess(['import', ...words], folder)
      assert.equal(exitCode, 2, stderr)
      assert.match(stderr, expected)
    }
  })
})

describe('export', () => {
  test('prints a contract in the words of other tools, and tells what they cannot say', async (t) => {
    const folder = openFolder(t)
    writeFileSync(join(folder, 'compose.yaml'), COMPOSE)
    await runInProcess(['import', 'compose.yaml'], folder)
    const expected: Readonly<Record<string, RegExp>> = {
      compose: /condition: service_healthy/,
      kubernetes: /kind: Deployment/,
      mermaid: /^flowchart LR/,
    }
    for (const [to, pattern] of Object.entries(expected)) {
      const { exitCode, stdout } = await runInProcess(['export', '--to', to], folder)
      assert.equal(exitCode, 0)
      assert.match(stdout, pattern)
    }
    const strict = await runInProcess(['export', '--to', 'compose', '--strict'], folder)
    assert.equal(strict.exitCode, 3)
    assert.match(strict.stderr, /not said as in the contract:\n {2}db\n/)
  })

  test('says which formats there are', async (t) => {
    const folder = openFolder(t)
    for (const words of [['export'], ['export', '--to', 'svg']]) {
      const { exitCode, stderr } = await runInProcess(words, folder)
      assert.equal(exitCode, 2)
      assert.match(stderr, /compose, kubernetes, mermaid, junit/)
    }
  })
})
