import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isFault } from '../core/fault/fault.ts'
import { readMasterKey } from './master-key.ts'

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-key-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const HEX = '0f'.repeat(32)

test('takes the key from the environment first, then from the file that was named', (t) => {
  const folder = scratch(t)
  const [file, ownFile] = [join(folder, 'given.key'), join(folder, 'own', 'master.key')]
  writeFileSync(file, `${Buffer.alloc(32, 2).toString('base64')}\n`)
  assert.deepEqual(readMasterKey({ environment: HEX, file, ownFile }), Buffer.from(HEX, 'hex'))
  assert.deepEqual(readMasterKey({ environment: '', file, ownFile }), Buffer.alloc(32, 2))
})

test('makes its own file once, readable by its owner alone', (t) => {
  const ownFile = join(scratch(t), 'own', 'server.key')
  const key = readMasterKey({ ownFile })
  assert.equal(key.length, 32)
  assert.deepEqual(readMasterKey({ ownFile }), key)
  assert.equal(statSync(ownFile).mode & 0o777, 0o600)
})

test('refuses what is no key and a file that is not there, and quotes no key', (t) => {
  const folder = scratch(t)
  const ownFile = join(folder, 'server.key')
  for (const places of [
    { environment: `${HEX}00`, ownFile },
    { file: join(folder, 'absent.key'), ownFile },
  ]) {
    assert.throws(
      () => readMasterKey(places),
      (thrown) => {
        assert(isFault(thrown, 'master-key-unusable'))
        assert.doesNotMatch(thrown.message, /0f0f/)
        return true
      },
    )
  }
})
