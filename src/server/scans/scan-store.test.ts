import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeServerParts } from '../../../test/support/server-parts.ts'
import { ACCESS_STREAM, AccessAudit } from '../access/audit.ts'
import { parsePrecondition } from '../precondition.ts'
import type { ScanRequest } from '../wire/scans.ts'
import { SCANS_MAX, ScanStore } from './scan-store.ts'

const SCAN: ScanRequest = {
  ...{ findings: [], moreFindings: 0, claims: [], moreClaims: 2, filesRead: 1 },
}

function openStore(): { readonly store: ScanStore; notes(): Promise<readonly string[]> } {
  const { records, ledger, clock } = makeServerParts().parts
  const store = new ScanStore({ records, clock, audit: new AccessAudit({ ledger, clock }) })
  const notes = async (): Promise<readonly string[]> => {
    const told: string[] = []
    for await (const { entry } of ledger.read(ACCESS_STREAM)) {
      if (entry.type === 'access.changed') told.push(entry.sentence)
    }
    return told
  }
  return { store, notes }
}

test('notes what changes, and what is published again as it was only as seen', async () => {
  const { store, notes } = openStore()
  const [ann, bob] = [
    { name: 'shop', by: 'ann' },
    { name: 'shop', by: 'bob' },
  ]
  const first = await store.publish(ann, SCAN)
  const again = await store.publish(bob, SCAN)
  assert.deepEqual([first.claims, again.by], [2, 'bob'])
  assert.notEqual(first.etag, again.etag)
  await store.publish(bob, { ...SCAN, filesRead: 2 })
  await store.remove(ann)
  assert.deepEqual(await notes(), [
    'ann published the scan of ports of shop.',
    'bob published the scan of ports of shop.',
    'ann removed the scan of ports of shop.',
  ])
  await assert.rejects(store.remove(ann), { code: 'scan-unknown' })
  await assert.rejects(store.view('shop'), { code: 'scan-unknown' })
})

test('of two who have seen the same scan, one replaces it', async () => {
  const { store } = openStore()
  const { etag } = await store.publish({ name: 'shop', by: 'ann' }, SCAN)
  const only = parsePrecondition(etag)
  const both = await Promise.allSettled(
    ['ann', 'bob'].map((by) =>
      store.publish({ name: 'shop', by, only }, { ...SCAN, revision: by }),
    ),
  )
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const [lost] = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  assert.equal(lost.code, 'precondition-failed')
  const absent = { name: 'mail', by: 'ann', only }
  await assert.rejects(store.publish(absent, SCAN), { code: 'precondition-failed' })
})

test('keeps no more than can be compared, and replaces what is there all the same', async () => {
  const { store } = openStore()
  const names = Array.from({ length: SCANS_MAX }, (_, place) => `r${place}`)
  for (const name of names) await store.publish({ name, by: 'ann' }, SCAN)
  await assert.rejects(store.publish({ name: 'more', by: 'ann' }, SCAN), { code: 'limit-reached' })
  await store.publish({ name: 'r7', by: 'bob' }, SCAN)
  assert.equal((await store.list()).length, SCANS_MAX)
})
