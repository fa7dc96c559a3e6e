/** Scripts read by a real shell: whole, cut off anywhere, and those that no shell could carry out. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { contents } from '../fixtures/workbench.ts'
import { printScript } from './shell-script.ts'

const REQUEST = { path: '/x', command: ['/bin/true'], cwd: '/', variables: {} }

test('a script that was cut off does nothing at all', (context) => {
  const root = mkdtempSync(join(tmpdir(), 'rampart-script-'))
  context.after(() => rmSync(root, { recursive: true }))
  const path = join(root, 'start')
  mkdirSync(path)
  const command = ['/bin/echo', 'one', `it's`, 'three']
  const script = printScript({ path, command, cwd: root, variables: { A: `'b` } }) ?? ''
  const whole = script.lastIndexOf('}')
  const cuts = Array.from({ length: 40 }, (_, at) => Math.floor((whole * at) / 40))
  const ends = Array.from({ length: 30 }, (_, at) => whole - at)
  for (const cut of [...cuts, ...ends]) {
    spawnSync('/bin/sh', ['-s'], { input: script.slice(0, cut), cwd: root, env: {} })
    assert.deepEqual(readdirSync(path), [], `cut off after ${cut}`)
  }
  spawnSync('/bin/sh', ['-s'], { input: script, env: {} })
  assert.equal(contents(join(path, 'out')), `one it's three\n`)
  assert.equal(contents(join(path, 'exit')), '0\n')
})

test('what a shell could not set exactly is not asked of one', () => {
  assert.ok(printScript({ ...REQUEST, variables: { PATH: '/bin', _A1: '' } }) !== undefined)
  for (const name of ['a.b', '1', '', 'PPID', 'OPTIND', 'IFS', 'BASH_ENV', 'PWD', 'a b']) {
    assert.equal(printScript({ ...REQUEST, variables: { [name]: 'x' } }), undefined, name)
  }
  assert.equal(printScript({ ...REQUEST, variables: { A: 'x\0' } }), undefined)
  assert.equal(printScript({ ...REQUEST, variables: { A: 'x'.repeat(70_000) } }), undefined)
  assert.equal(printScript({ ...REQUEST, command: ['x'.repeat(70_000)] }), undefined)
})
