import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FolderWatch } from './folder-watch.ts'

test('a folder is gone once it was removed or moved, also when there is another one in its place', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'rampart-channel-'))
  t.after(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'ports')
  mkdirSync(folder)
  const watch = new FolderWatch(folder)
  mkdirSync(join(folder, 'inside'))
  assert.equal(watch.isGone(), false, 'what is in it may change')
  renameSync(folder, join(root, 'elsewhere'))
  assert.equal(watch.isGone(), true)
  mkdirSync(folder)
  assert.equal(watch.isGone(), true)
})
