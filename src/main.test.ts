import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const PROGRAM = join(import.meta.dirname, '../bin/rampart.mjs')

function rampart(...args: readonly string[]): {
  readonly code: number | null
  readonly out: string
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
  })
  return { code: status, out: stdout + stderr }
}

test('prints its version', () => {
  const { code, out } = rampart('--version')
  assert.equal(code, 0)
  assert.match(out, /^\d+\.\d+\.\d+\n$/)
})

test('answers a word it does not know with exit code 2 and the next command', () => {
  const { code, out } = rampart('upp')
  assert.equal(code, 2)
  assert.match(out, /Did you mean up\?/)
  assert.match(out, /rampart --help/)
})
