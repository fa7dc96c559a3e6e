/** Scans over the API: published, seen by whom they are for, compared, guarded and removed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answered, openNetServer } from '../../../test/support/net-server.ts'
import type { PublishedClaim, ScanConflictPage, ScanPage, ScanRequest } from '../wire/scans.ts'

function claim(more: Partial<PublishedClaim> = {}): PublishedClaim {
  return {
    ...{ file: 'compose.yaml', line: 3, column: 13, service: 'web', text: '8080:80' },
    ...{ first: 8_080, last: 8_080, protocol: 'tcp', scope: 'host', addresses: ['0.0.0.0', '::'] },
    ...{ confidence: 'explicit', environment: 'staging' },
    ...more,
  }
}

function scanOf(...claims: readonly PublishedClaim[]): ScanRequest {
  return { findings: [], moreFindings: 0, claims, moreClaims: 0, filesRead: 2, revision: 'f00' }
}

test('scans are kept by name, compared with each other, and noted when they change', async (t) => {
  const { ask, tokenFor, parts, troubles } = await openNetServer(t)
  const { secret: token } = await tokenFor('ci', [{ role: 'operator', scope: {} }])
  const put = (name: string, body: object, ifMatch?: string): Promise<Answered> => {
    const headers = ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }
    return ask(`/v1/scans/${name}`, { method: 'PUT', token, body, ...headers })
  }
  const listed = async (query = ''): Promise<ScanPage> =>
    (await ask(`/v1/scans${query}`, { token })).body as ScanPage
  const conflicts = async (query = ''): Promise<ScanConflictPage['conflicts']> =>
    ((await ask(`/v1/scan-conflicts${query}`, { token })).body as ScanConflictPage).conflicts

  assert.deepEqual((await listed()).scans, [])
  assert.equal((await ask('/v1/scans/shop', { token })).status, 404)
  const first = await put('shop', scanOf(claim()))
  assert.equal(first.status, 200)
  assert.deepEqual(await conflicts(), [])
  await put('bank', scanOf(claim({ service: 'api', file: 'deploy/compose.yaml' })))
  await put('mail', scanOf(claim({ first: 25, last: 25 })))
  const [conflict, ...none] = await conflicts()
  assert.equal(conflict?.sentence, 'Port 8080 is claimed by bank and shop in staging.')
  assert.deepEqual(
    conflict?.claims.map(({ scan, file }) => [scan, file]),
    [
      ['bank', 'deploy/compose.yaml'],
      ['shop', 'compose.yaml'],
    ],
  )
  assert.deepEqual([none, await conflicts('?scan=mail')], [[], []])

  const page = await listed('?limit=2')
  const rest = await listed(`?limit=2&cursor=${page.next}`)
  const names = [...page.scans, ...rest.scans].map(({ name }) => name)
  assert.deepEqual([names, rest.next], [['bank', 'mail', 'shop'], undefined])
  assert.equal(page.scans[0]?.by, 'token:ci')

  const seen = await ask('/v1/scans/shop', { token })
  const etag = String(seen.headers['etag'])
  assert.equal((await put('shop', scanOf(claim()), etag)).status, 200)
  assert.equal((await put('shop', scanOf(), etag)).status, 412)
  const remove = (ifMatch: string): Promise<Answered> =>
    ask('/v1/scans/shop', { method: 'DELETE', token, headers: { 'if-match': ifMatch } })
  assert.equal((await remove(etag)).status, 412)
  const now = String((await ask('/v1/scans/shop', { token })).headers['etag'])
  assert.equal((await remove(now)).status, 204)
  assert.deepEqual(await conflicts(), [])

  const notes: string[] = []
  for await (const { entry } of parts.ledger.read('access')) {
    if (entry.type === 'access.changed' && entry.what.startsWith('scan.')) {
      notes.push(`${entry.what} ${entry.subject}`)
    }
  }
  assert.deepEqual(
    notes,
    ['published shop', 'published bank', 'published mail', 'removed shop'].map((s) => `scan.${s}`),
    'what is published again as it was is not noted again',
  )
  assert.deepEqual(troubles, [])
})

test('a token for one name publishes, sees and compares only that one', async (t) => {
  const { ask, tokenFor } = await openNetServer(t)
  const tokens = await Promise.all(
    ['Scan/shop', 'Environment/bank', 'Scan/shop'].map(async (pattern, place) => {
      const role = place === 2 ? 'viewer' : 'operator'
      const grant = { role, scope: { contracts: [pattern] } } as const
      return (await tokenFor(`${place}`, [grant])).secret
    }),
  )
  const put = async (name: string, token = ''): Promise<number> =>
    (await ask(`/v1/scans/${name}`, { method: 'PUT', token, body: scanOf(claim()) })).status
  const [shop, bank, viewer] = tokens
  assert.deepEqual([await put('shop', shop), await put('bank', bank)], [200, 200])
  assert.deepEqual([await put('bank', shop), await put('shop', viewer)], [403, 403])
  for (const token of [shop, viewer]) {
    const asked = token === undefined ? {} : { token }
    const { scans } = (await ask('/v1/scans', asked)).body as ScanPage
    assert.deepEqual(
      scans.map(({ name }) => name),
      ['shop'],
    )
    assert.equal((await ask('/v1/scans/bank', asked)).status, 404)
    const { conflicts } = (await ask('/v1/scan-conflicts', asked)).body as ScanConflictPage
    assert.deepEqual(conflicts, [])
  }
})

test('takes no path out of the folder, no control character, no more than is kept', async (t) => {
  const { ask, tokenFor } = await openNetServer(t)
  const { secret: token } = await tokenFor('ci', [{ role: 'operator', scope: {} }])
  const put = async (body: object, name = 'shop'): Promise<number> =>
    (await ask(`/v1/scans/${name}`, { method: 'PUT', token, body })).status
  for (const file of ['/etc/passwd', '../secret', 'a/../../b', 'C:\\x', 'a\nb', '', '~/x']) {
    assert.equal(await put(scanOf(claim({ file }))), 400, file)
  }
  assert.equal(await put(scanOf(claim({ first: 2, last: 1 }))), 400)
  assert.equal(await put(scanOf(claim({ service: '\u001b[2J' }))), 400)
  assert.equal(await put(scanOf(claim({ text: 'x'.repeat(201) }))), 400)
  assert.equal(await put(scanOf(...Array.from({ length: 501 }, () => claim()))), 400)
  assert.equal(await put({ ...scanOf(), contents: 'SECRET=1' }), 400)
  assert.equal(await put(scanOf(), 'acme%2Fshop'), 400)
  const many = Array.from({ length: 6_000 }, () => claim({ text: 'x'.repeat(150) }))
  assert.equal(await put(scanOf(...many)), 413)
  assert.equal(await put(scanOf()), 200)
})
