/** The runner, run on small test files of its own. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'

const HEAD = `import { test } from 'node:test'\nimport assert from 'node:assert/strict'\n`

const ROOT = join(import.meta.dirname, '../..')

const folder = mkdtempSync(join(tmpdir(), 'rampart-suite-'))
after(() => rmSync(folder, { recursive: true }))

/** Runs the runner over a repository that holds these files. */
function runSuite(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  root = mkdtempSync(join(folder, 'repository-')),
) {
  cpSync(join(import.meta.dirname, '../test.ts'), join(root, 'tools/test.ts'))
  cpSync(import.meta.dirname, join(root, 'tools/suite'), {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts'),
  })
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  // Node refuses to run tests from within a test unless it does not know.
  const { NODE_TEST_CONTEXT: _, NODE_COMPILE_CACHE: __, BUNDLED_RAMPART: ___, ...env } = process.env
  const ended = spawnSync(process.execPath, ['tools/test.ts', ...args], { cwd: root, env })
  const lines = ended.stdout.toString().trimEnd().split('\n')
  return { root, code: ended.status, lines, text: lines.join('\n'), last: lines.at(-1) }
}

test('ends with what passed and exits with 0', () => {
  const run = runSuite({ 'src/a.test.ts': `${HEAD}test('holds', () => {})` })
  assert.equal(run.last, '1 passed, 0 failed')
  assert.equal(run.code, 0)
})

test('shows a failure with its place, what it printed and how to run it again', () => {
  const run = runSuite({
    'src/a.test.ts': `${HEAD}test('fails', () => { console.log('said'); assert.equal(1, 2) })`,
  })
  assert.equal(run.last, '0 passed, 1 failed')
  assert.equal(run.code, 1)
  for (const part of [
    '✗ fails',
    'src/a.test.ts:3',
    '1 !== 2',
    'said',
    'npm test -- src/a.test.ts',
  ]) {
    assert.ok(run.text.includes(part), `${part} in\n${run.text}`)
  }
})

test('says what was skipped and why', () => {
  const run = runSuite({
    'src/a.test.ts': `${HEAD}test('holds', () => {})\ntest('b', { skip: 'no Redis' }, () => {})`,
  })
  assert.ok(run.text.includes('Skipped: no Redis\n  - src/a.test.ts: b'), run.text)
  assert.equal(run.last, '1 passed, 0 failed, 1 skipped')
  assert.equal(run.code, 0)
})

test('counts a file that breaks, ends early or declares nothing as failed', () => {
  const run = runSuite({
    'src/broken.test.ts': `throw new RangeError('broken')`,
    'src/early.test.ts': `${HEAD}test('holds', () => {})\nsetImmediate(() => process.exit(3))`,
    'src/empty.test.ts': 'export {}',
  })
  assert.equal(run.last, '1 passed, 3 failed')
  assert.ok(run.text.includes('exit code 3'), run.text)
  assert.ok(run.text.includes('declares no test'), run.text)
})

test('runs serial files alone, after all others', () => {
  const run = runSuite({
    'src/a.serial.test.ts': `${HEAD}test('holds', () => {})`,
    'tools/z.test.ts': `${HEAD}test('holds', () => {})`,
  })
  const files = run.lines.filter((line) => line.startsWith('ok')).map((line) => line.split(' ')[3])
  assert.deepEqual(files, ['tools/z.test.ts', 'src/a.serial.test.ts'])
})

test('compiles what a daemon is made of before any test of all of them', () => {
  const daemon = `import { existsSync, writeFileSync } from 'node:fs'
writeFileSync(existsSync('begun') ? 'late' : 'early', '')`
  const files = {
    'src/daemon/daemon.ts': daemon,
    'src/a.test.ts': `${HEAD}
import { writeFileSync } from 'node:fs'
test('begins', () => writeFileSync('begun', ''))`,
  }
  const { root, last } = runSuite(files)
  assert.equal(last, '1 passed, 0 failed')
  assert.ok(existsSync(join(root, 'early')) && existsSync(join(root, 'node_modules/.cache')))
  assert.ok(
    !existsSync(join(runSuite(files, ['src/a.test.ts']).root, 'early')),
    'not for one alone',
  )
})

test('bundles the command before all tests, and the bundle knows the places of its sources', () => {
  const root = mkdtempSync(join(folder, 'repository-'))
  mkdirSync(join(root, 'node_modules'))
  symlinkSync(join(ROOT, 'node_modules/vite'), join(root, 'node_modules/vite'))
  const files = {
    'src/daemon/daemon.ts': `export const runDaemon = (where: string): string => where`,
    'src/main.ts': `import { createHash } from 'node:crypto'
export class Part {}
export const main = async (): Promise<readonly string[]> => {
  const { runDaemon } = await import('./daemon/daemon.ts')
  const hash = createHash('md5').update('').digest('hex')
  return [runDaemon(import.meta.filename), import.meta.dirname, Part.name, hash.slice(0, 4)]
}`,
    'src/a.test.ts': `${HEAD}
test('is there', async () => {
  const { main } = await import(process.env.BUNDLED_RAMPART)
  const src = process.cwd() + '/src'
  assert.deepEqual(await main(), [src + '/main.ts', src, 'Part', 'd41d'])
})`,
  }
  const run = runSuite(files, [], root)
  assert.equal(run.last, '1 passed, 0 failed', run.text)
  const broken = {
    ...files,
    'src/main.ts': 'export const main = ',
    'src/a.test.ts': `${HEAD}
test('is not there', () => assert.equal(process.env.BUNDLED_RAMPART, undefined))`,
  }
  assert.equal(runSuite(broken, [], root).last, '1 passed, 0 failed')
})

test('runs again alone what failed beside others, and tells of it', () => {
  const run = runSuite({
    'src/a.test.ts': `${HEAD}
import { existsSync, writeFileSync } from 'node:fs'
test('fails the first time', () => {
  if (existsSync('been')) return
  writeFileSync('been', '')
  throw new RangeError('too crowded')
})`,
    'src/b.test.ts': `${HEAD}test('is broken', () => { throw new RangeError('for good') })`,
  })
  assert.equal(run.last, '1 passed, 1 failed')
  assert.equal(run.code, 1)
  assert.match(run.text, /again, alone: ok {3}src\/a\.test\.ts/)
  assert.match(run.text, /Failed at first and passed when run again alone[\s\S]*too crowded/)
})

test('runs only what is named, and fails when there is no such test', () => {
  const files = {
    'src/a/a.test.ts': `${HEAD}test('holds', () => {})`,
    'src/b/b.test.ts': `${HEAD}test('holds', () => {})`,
    'src/b/b.ts': 'export {}',
  }
  assert.equal(runSuite(files, ['src/b']).last, '1 passed, 0 failed')
  assert.equal(runSuite(files, ['src/b/b.ts']).last, '1 passed, 0 failed')
  assert.equal(runSuite(files, ['src/c']).code, 1)
})

test('a run without a test is a failure', () => {
  assert.equal(runSuite({}).code, 1)
})
