import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInProcess } from '../../test/support/cli.ts'
import { trustedKey } from './trusted-key.ts'

test('a trusted key is its text or its file, and nothing else is taken for another key', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-key-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const { publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const text = Buffer.from(x, 'base64url').toString('base64')
  writeFileSync(join(folder, 'ledger.pub'), publicKey.export({ format: 'pem', type: 'spki' }))
  writeFileSync(join(folder, 'other'), 'no key')
  assert.equal(trustedKey(folder, text), text)
  assert.equal(trustedKey(folder, 'ledger.pub'), text)
  for (const given of ['other', 'nowhere', '', text.slice(1)]) {
    assert.equal(trustedKey(folder, given), undefined, given)
  }
  const { exitCode, stderr } = await runInProcess(
    ['ledger', 'proof', '--check', 'other', '--key', 'nowhere'],
    folder,
  )
  assert.equal(exitCode, 2)
  assert.match(
    stderr,
    /nowhere is neither.*\n.*Next: rampart ledger proof .*\.rampart\/ledger\.pub/,
  )
})
