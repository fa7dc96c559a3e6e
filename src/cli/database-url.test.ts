import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFolder } from '../../test/support/rampart.ts'
import { databaseUrl } from './database-url.ts'

test('the database is named by a variable, else by a file, else not at all', (t) => {
  const cwd = openFolder(t)
  writeFileSync(join(cwd, 'url'), 'postgres://file/rampart\n')
  const settings = { RAMPART_DATABASE_FILE: 'url' }
  assert.equal(databaseUrl({ cwd, settings }), 'postgres://file/rampart')
  const both = { ...settings, RAMPART_DATABASE: 'postgres://variable/rampart' }
  assert.equal(databaseUrl({ cwd, settings: both }), 'postgres://variable/rampart')
  assert.equal(databaseUrl({ cwd, settings: {} }), undefined)
  assert.equal(databaseUrl({ cwd, settings: { RAMPART_DATABASE: '' } }), undefined)
})

test('a file that is not there is never taken for none', (t) => {
  const settings = { RAMPART_DATABASE_FILE: 'absent' }
  assert.throws(() => databaseUrl({ cwd: openFolder(t), settings }), { code: 'store-unavailable' })
})
