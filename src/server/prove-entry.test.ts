import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SystemClock } from '../clock/system-clock.ts'
import { MemoryLedger } from '../ledger/memory/memory-ledger.ts'
import { openSqliteLedger } from '../ledger/sqlite/sqlite-ledger.ts'
import type { Ledger } from '../seams/ledger.ts'
import { checkProof } from './client/check-proof.ts'
import { proveEntry } from './prove-entry.ts'

async function openTrial(t: TestContext): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-proof-'))
  const ledger = openSqliteLedger({ folder, clock: new SystemClock() })
  t.after(async () => {
    await ledger.close()
    rmSync(folder, { recursive: true, force: true })
  })
  for (let sequence = 0; sequence < 8; sequence += 1) {
    const entry = { type: 'clock.ticked', atMs: 1_000 + sequence } as const
    await ledger.append({ stream: 'a', after: sequence, entries: [entry] })
  }
  return ledger
}

test('proves every entry to whoever has only the proof and the key', async (t) => {
  const ledger = await openTrial(t)
  for (const position of [1, 2, 8]) {
    const sent = JSON.stringify(await proveEntry(ledger, position))
    const proof = JSON.parse(sent)
    assert.equal(proof.entries[0].position, position)
    assert.equal(checkProof(proof, proof.checkpoint.publicKey), undefined)
  }
})

test('no proof holds in which anything was changed', async (t) => {
  const ledger = await openTrial(t)
  const text = JSON.stringify(await proveEntry(ledger, 3))
  const { checkpoint } = JSON.parse(text)
  const forged: readonly [string, RegExp][] = [
    [text.replace('"atMs":1003', '"atMs":1004'), /hash/],
    [text.replace(/"position":5,/, '"position":50,'), /missing/],
    [text.replace('"previousHash":"', '"previousHash":"0'), /hash/],
    [text.replace(`"atMs":${checkpoint.atMs}`, `"atMs":${checkpoint.atMs + 1}`), /signature/],
    [JSON.stringify({ ...JSON.parse(text), entries: [] }), /lead/],
  ]
  for (const [changed, objection] of forged) {
    assert.notEqual(changed, text)
    assert.match(checkProof(JSON.parse(changed)) ?? '', objection)
  }
  const other = Buffer.alloc(32, 1).toString('base64')
  assert.match(checkProof(JSON.parse(text), other) ?? '', /another key/)
})

test('refuses what is not there, and what nobody signs', async (t) => {
  const ledger = await openTrial(t)
  await assert.rejects(proveEntry(ledger, 9), { code: 'entry-unknown' })
  const memory = new MemoryLedger()
  await memory.append({ stream: 'a', after: 0, entries: [{ type: 'clock.ticked', atMs: 1 }] })
  await assert.rejects(proveEntry(memory, 1), { code: 'entry-unsigned' })
})
