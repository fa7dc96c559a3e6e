import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { scratchDatabases } from '../../test/support/databases.ts'
import { openPostgresTrial, type PostgresTrial } from '../../test/support/postgres-trials.ts'
import { isFault } from '../core/fault/fault.ts'

const SETTINGS = { values: { password: 'hunter22', port: 1 }, secrets: ['password'], run: {} }
const databases = scratchDatabases()

let trial: PostgresTrial

beforeEach(async () => {
  trial = await openPostgresTrial(databases)
})

afterEach(() => trial.discard())

test('gives back what was kept, also to another replica, and replaces it', async () => {
  const [one, other] = [await trial.join(), await trial.join()]
  assert.equal(await one.settings.load('shop-up'), undefined)
  await one.settings.keep('shop-up', SETTINGS)
  assert.deepEqual(await other.settings.load('shop-up'), SETTINGS)
  await other.settings.keep('shop-up', { ...SETTINGS, secrets: [] })
  assert.deepEqual((await one.settings.load('shop-up'))?.secrets, [])
})

test('has no value readable anywhere in the database', async () => {
  const { settings } = await trial.join()
  await settings.keep('shop-up', SETTINGS)
  const rows = await trial.sql("SELECT ramp, encode(sealed, 'escape') FROM rampart.settings")
  assert.equal(rows.length, 1)
  assert.doesNotMatch(JSON.stringify(rows), /hunter22|password/)
})

test('refuses settings that were moved to another ramp or altered, without quoting them', async () => {
  const { settings } = await trial.join()
  await settings.keep('shop-up', SETTINGS)
  await trial.sql("UPDATE rampart.settings SET ramp = 'other'")
  const fault = await settings.load('other').catch((error: unknown) => error)
  assert.ok(isFault(fault, 'settings-unreadable'))
  assert.doesNotMatch(fault.message, /hunter22/)
})

test('removes what no ramp needs once it is an hour old, unless it was kept anew', async () => {
  const { settings } = await trial.join()
  for (const ramp of ['old', 'needed', 'young']) await settings.keep(ramp, SETTINGS)
  await trial.sql(
    "UPDATE rampart.settings SET kept_at = kept_at - interval '2 hours' WHERE ramp <> 'young'",
  )
  await settings.prune(async (ramp) => ramp === 'needed')
  const left = await trial.sql('SELECT ramp FROM rampart.settings ORDER BY ramp')
  assert.deepEqual(left, [['needed'], ['young']])
})
