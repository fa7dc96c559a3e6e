/** Starting from nothing, in small repositories of its own that need nothing from the network. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'

const LOCK = JSON.stringify({ lockfileVersion: 3, packages: { '': { name: 'small' } } })
// Without execve, as on older versions of Node, the starter stays behind as a relay.
const AS_RELAY = '--import=data:text/javascript,delete%20process.execve'

const folder = mkdtempSync(join(tmpdir(), 'rampart-start-'))
after(() => rmSync(folder, { recursive: true }))

/** A repository whose `npm` is a script that counts its runs and installs this very Node. */
function smallRepository(program: string, options: { readonly npm?: string } = {}): string {
  const root = mkdtempSync(join(folder, 'repository-'))
  cpSync(import.meta.dirname, join(root, 'tools/start'), { recursive: true })
  cpSync(join(import.meta.dirname, '../start.mjs'), join(root, 'tools/start.mjs'))
  writeFileSync(join(root, 'package.json'), '{ "name": "small", "type": "module" }')
  writeFileSync(join(root, 'package-lock.json'), LOCK)
  writeFileSync(join(root, 'program.ts'), program)
  mkdirSync(join(root, 'path'))
  symlinkSync(process.execPath, join(root, 'pinned-node'))
  const install = `echo run >> npm-runs; mkdir -p node_modules/node/bin
    ln -s ../../../pinned-node node_modules/node/bin/node`
  writeFileSync(join(root, 'path/npm'), `#!/bin/sh\n${options.npm ?? install}\n`)
  chmodSync(join(root, 'path/npm'), 0o755)
  return root
}

function start(root: string, flags: readonly string[] = []) {
  const { npm_execpath: _, ...env } = process.env
  const path = [join(root, 'path'), env['PATH']].join(delimiter)
  return spawn(process.execPath, [...flags, 'tools/start.mjs', 'program.ts', 'word'], {
    cwd: root,
    env: { ...env, PATH: path },
  })
}

async function run(root: string, flags: readonly string[] = []) {
  const child = start(root, flags)
  const [output, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { output, errors, code, signal }
}

function npmRuns(root: string): number {
  if (!existsSync(join(root, 'npm-runs'))) return 0
  return readFileSync(join(root, 'npm-runs'), 'utf8').trim().split('\n').length
}

const PRINT = `console.log(process.argv.slice(2).join(), process.execPath)\nprocess.exitCode = 7`

for (const [way, flags] of [
  ['in place', []],
  ['as a relay', [AS_RELAY]],
] as const) {
  test(`installs, hands over to the pinned Node ${way}, and passes on words and exit code`, async () => {
    const root = smallRepository(PRINT)
    const first = await run(root, flags)
    assert.equal(first.code, 7, first.errors)
    assert.match(first.output, /^word /)
    assert.match(first.errors, /Installing/)
    const second = await run(root, flags)
    assert.equal(second.errors, '')
    assert.equal(npmRuns(root), 1)
  })

  test(`passes a signal on and ends as the program did, ${way}`, async () => {
    const root = smallRepository(`setInterval(() => {}, 1000)\nconsole.log('here')`)
    const child = start(root, flags)
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM'])
  })
}

test('two starts at once install once', async () => {
  const root = smallRepository(PRINT)
  const runs = await Promise.all([run(root), run(root), run(root)])
  assert.deepEqual(
    runs.map(({ code }) => code),
    [7, 7, 7],
  )
  assert.equal(npmRuns(root), 1)
})

test('installs again when the lock file changed', async () => {
  const root = smallRepository(PRINT, { npm: 'echo run >> npm-runs; mkdir -p node_modules' })
  await run(root)
  writeFileSync(join(root, 'package-lock.json'), `${LOCK}\n`)
  await run(root)
  assert.equal(npmRuns(root), 2)
})

test('takes an installation by hand for what it is', async () => {
  const root = smallRepository(PRINT)
  mkdirSync(join(root, 'node_modules'))
  writeFileSync(join(root, 'node_modules/.package-lock.json'), '{ "packages": {} }')
  assert.equal((await run(root)).code, 7)
  assert.equal(npmRuns(root), 0)
})

test('takes over the lock of an installation that was killed', async () => {
  const root = smallRepository(PRINT)
  const gone = spawn(process.execPath, ['-e', '0'])
  await once(gone, 'exit')
  writeFileSync(join(root, '.install.lock'), String(gone.pid))
  assert.equal((await run(root)).code, 7)
  assert.equal(existsSync(join(root, '.install.lock')), false)
})

test('says what to do when the installation fails', async () => {
  const root = smallRepository(PRINT, { npm: 'exit 3' })
  const ended = await run(root)
  assert.equal(ended.code, 1)
  assert.match(ended.errors, /`npm ci` failed \(exit code 3\)/)
  assert.equal((await run(root)).code, 1)
})
