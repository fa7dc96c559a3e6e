import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SystemClock } from '../../clock/system-clock.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import type { Grant } from '../wire/access.ts'
import { AccessAudit } from './audit.ts'
import { People } from './people.ts'

/** More than a store gives at once. */
const MANY = 5_002

test('lists everybody, however many have signed in, with what each may do', async () => {
  const clock = new SystemClock()
  const records = new MemoryRecords(clock)
  const [viewer, operator, admin] = (['viewer', 'operator', 'admin'] as const).map(
    (role): Grant => ({ role, scope: {} }),
  )
  assert.ok(viewer && operator && admin)
  const configured = { groups: { store: [viewer] }, people: { 'oidc:zoe': [admin] } }
  const audit = new AccessAudit({ ledger: new MemoryLedger(), clock })
  const people = new People({ records, clock, audit, configured })
  const names = Array.from(
    { length: MANY },
    (_, place) => `oidc:p${String(place).padStart(4, '0')}`,
  )
  for (const name of names) await people.see(name, ['store'])
  const last = names.at(-1) ?? ''
  const by = await people.identity('oidc:zoe')
  await people.grant(by, { name: last, grants: [operator] })
  const listed = await people.list()
  assert.deepEqual(
    listed.map(({ name }) => name),
    [...names, 'oidc:zoe'],
  )
  const shown = listed.find(({ name }) => name === last)
  assert.deepEqual(shown?.grants, [operator, viewer])
  assert.deepEqual(shown, await people.find(last), 'a list tells the same as a look')
  assert.deepEqual(listed.at(-1), {
    name: 'oidc:zoe',
    grants: [admin],
    granted: [],
    grantsVersion: 0,
  })
})
