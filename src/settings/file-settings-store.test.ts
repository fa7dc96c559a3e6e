import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isFault } from '../core/fault/fault.ts'
import { FileSettingsStore } from './file-settings-store.ts'

const SETTINGS = { values: { password: 'hunter22', port: 1 }, secrets: ['password'], run: {} }

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-settings-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'settings')
}

test('gives back what was kept, also to another store', async (t) => {
  const folder = scratch(t)
  await new FileSettingsStore(folder).keep('shop-up-222222', SETTINGS)
  assert.deepEqual(await new FileSettingsStore(folder).load('shop-up-222222'), SETTINGS)
})

test('knows nothing of a ramp whose settings were never kept', async (t) => {
  assert.equal(await new FileSettingsStore(scratch(t)).load('shop-up-222222'), undefined)
})

test('replaces what was kept before', async (t) => {
  const store = new FileSettingsStore(scratch(t))
  await store.keep('shop-up-222222', SETTINGS)
  await store.keep('shop-up-222222', { ...SETTINGS, secrets: [] })
  assert.deepEqual((await store.load('shop-up-222222'))?.secrets, [])
})

test('lets nobody but the owner read', async (t) => {
  const folder = scratch(t)
  await new FileSettingsStore(folder).keep('shop-up-222222', SETTINGS)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.equal(statSync(join(folder, 'shop-up-222222.json')).mode & 0o777, 0o600)
})

test('keeps a ramp with an unusual name within its folder', async (t) => {
  const folder = scratch(t)
  const store = new FileSettingsStore(folder)
  await store.keep('../../etc/passwd', SETTINGS)
  assert.equal(readdirSync(folder).length, 1)
  assert.deepEqual(await store.load('../../etc/passwd'), SETTINGS)
})

test('removes what no ramp needs, and drafts that a crash left', async (t) => {
  const folder = scratch(t)
  const store = new FileSettingsStore(folder)
  await store.keep('old', SETTINGS)
  await store.keep('new', SETTINGS)
  writeFileSync(join(folder, 'draft-1-1'), 'half')
  await store.prune(async (ramp) => ramp === 'new')
  assert.deepEqual(readdirSync(folder), ['new.json'])
})

test('says that a torn file is unreadable, without quoting it', async (t) => {
  const folder = scratch(t)
  const store = new FileSettingsStore(folder)
  await store.keep('shop', SETTINGS)
  writeFileSync(join(folder, 'shop.json'), '{"values":{"password":"hunter22"')
  const fault = await store.load('shop').catch((error: unknown) => error)
  assert.ok(isFault(fault, 'settings-unreadable'))
  assert.ok(!`${fault.message} ${JSON.stringify(fault)}`.includes('hunter22'))
})
