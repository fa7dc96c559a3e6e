import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Fault } from '../../src/core/fault/fault.ts'
import type { EnvironmentPage, LedgerPage } from '../../src/server/wire.ts'
import { type NetServer, openNetServer } from '../support/net-server.ts'

const SPEC = { components: { api: { run: { command: ['node'] } } } }

function opening(name: string): object {
  const contract = { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name }, spec: SPEC }
  return { contract, directory: '/srv', goal: 'up', settings: {}, by: 'x' }
}

async function openTrial(
  t: import('node:test').TestContext,
): Promise<NetServer & { readonly token: string }> {
  const server = await openNetServer(t)
  const { secret: token } = await server.tokenFor('ops', [{ role: 'admin', scope: {} }])
  return { ...server, token }
}

test('does nothing twice that is asked twice with one key', async (t) => {
  const server = await openTrial(t)
  const { token } = server
  const headers = { 'idempotency-key': 'k-1' }
  const ask = { method: 'POST', token, headers, body: opening('shop') }
  const first = await server.ask('/v1/ramps', ask)
  const again = await server.ask('/v1/ramps', ask)
  assert.equal(first.status, 201)
  assert.deepEqual([again.status, again.body], [first.status, first.body])
  assert.equal(again.headers['location'], first.headers['location'])
  assert.equal(again.headers['idempotency-replayed'], 'true')
  const other = await server.ask('/v1/ramps', { ...ask, body: opening('shed') })
  assert.equal(other.status, 422)
  const list = (await server.ask('/v1/ramps?contract=shop', { token })).body
  const up = (list as { ramps: { goal: string }[] }).ramps.filter(({ goal }) => goal === 'up')
  assert.equal(up.length, 1)
})

test('carries out only one of many requests with one key that come at once', async (t) => {
  const server = await openTrial(t)
  const { token } = server
  const headers = { 'idempotency-key': 'k-2' }
  const asked = Array.from({ length: 20 }, () =>
    server.ask('/v1/ramps', { method: 'POST', token, headers, body: opening('shop') }),
  )
  const answers = await Promise.all(asked)
  const made = answers.filter(({ status }) => status === 201)
  assert.ok(made.length >= 1)
  assert.equal(new Set(made.map(({ body }) => JSON.stringify(body))).size, 1)
  for (const { status } of answers) assert.ok(status === 201 || status === 409, String(status))
})

test("lets nobody take another one's answer by guessing a key", async (t) => {
  const server = await openTrial(t)
  const { secret } = await server.tokenFor('two', [{ role: 'admin', scope: {} }])
  const headers = { 'idempotency-key': 'same' }
  const ask = { method: 'POST', headers, body: opening('shop') }
  const mine = await server.ask('/v1/ramps', { ...ask, token: server.token })
  const theirs = await server.ask('/v1/ramps', { ...ask, token: secret })
  assert.equal(mine.status, 201)
  assert.notDeepEqual(theirs.body, mine.body)
})

test('grants nothing over what was granted since it was looked at', async (t) => {
  const { ask, token } = await openTrial(t)
  const path = '/v1/people/oidc:anna@example.org'
  const grant = (role: string, ifMatch?: string): ReturnType<typeof ask> =>
    ask(path, {
      method: 'PUT',
      token,
      body: { grants: [{ role, scope: {} }] },
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
    })
  const first = await grant('viewer', '"0"')
  assert.equal(first.status, 200)
  const seen = await ask(path, { token })
  assert.equal(seen.headers['etag'], first.headers['etag'])
  assert.equal((await grant('operator', String(seen.headers['etag']))).status, 200)
  const late = await grant('admin', String(seen.headers['etag']))
  assert.equal(late.status, 412)
  assert.match(JSON.stringify(late.body), /changed since you looked/)
  assert.match(JSON.stringify((await ask(path, { token })).body), /operator/)
  assert.equal((await grant('viewer', 'anything')).status, 400)
  assert.equal((await grant('viewer')).status, 200)
})

test('lets what was refused be tried again with the same key', async (t) => {
  const server = await openTrial(t)
  const { token } = server
  const headers = { 'idempotency-key': 'k-3' }
  const word = { by: 'x', word: { say: 'resume', why: '' } }
  const ask = { method: 'POST', token, headers, body: word }
  assert.equal((await server.ask('/v1/ramps/shop/words', ask)).status, 404)
  await server.ask('/v1/ramps', { method: 'POST', token, body: opening('shop') })
  assert.notEqual((await server.ask('/v1/ramps/shop/words', ask)).status, 404)
})

test('does not do again at once what failed and may have been done all the same', async (t) => {
  const server = await openTrial(t)
  const { token, parts } = server
  const { engine, records } = parts
  let opened = 0
  const open = engine.open.bind(engine)
  // The ramp is opened, and then nobody hears of it.
  engine.open = async (what) => {
    opened += 1
    await open(what)
    const hint = 'The answer went missing; it may have been opened.'
    throw new Fault({ code: 'store-unavailable', operation: 'open', subject: 'ramp', hint })
  }
  const headers = { 'idempotency-key': 'k-6' }
  const ask = { method: 'POST', token, headers, body: opening('shop') }
  assert.equal((await server.ask('/v1/ramps', ask)).status, 503)
  const again = await server.ask('/v1/ramps', ask)
  assert.equal(again.status, 409)
  const { code, detail } = again.body as { readonly code: string; readonly detail: string }
  assert.equal(code, 'request-under-way')
  assert.match(detail, /may have been carried out/)
  assert.equal(opened, 1)
  const other = await server.ask('/v1/ramps', { ...ask, body: opening('shed') })
  assert.equal(other.status, 422)
  const [kept] = await records.list('idempotency')
  const leftMs = (kept?.expiresAtMs ?? 0) - parts.clock.nowMs()
  assert.ok(leftMs > 0 && leftMs <= 30_000, `${leftMs}`)
})

test('frees the key of what failed before anything was done', async (t) => {
  const server = await openTrial(t)
  const { token, parts } = server
  const { engine } = parts
  const open = engine.open.bind(engine)
  engine.open = () => {
    const hint = 'The disk is gone.'
    throw new Fault({ code: 'settings-unreadable', operation: 'keep', subject: 'settings', hint })
  }
  const headers = { 'idempotency-key': 'k-7' }
  const ask = { method: 'POST', token, headers, body: opening('shop') }
  assert.equal((await server.ask('/v1/ramps', ask)).status, 500)
  engine.open = open
  assert.equal((await server.ask('/v1/ramps', ask)).status, 201)
})

test('keeps no answer for those who are nobody yet: they would share their keys', async (t) => {
  const server = await openTrial(t)
  const headers = { 'idempotency-key': 'k-5' }
  const ask = { method: 'POST', headers, body: { token: server.token } }
  const first = await server.ask('/v1/auth/session', ask)
  const again = await server.ask('/v1/auth/session', ask)
  assert.deepEqual([first.status, again.status], [200, 200])
  assert.notEqual(again.headers['set-cookie'], undefined)
  assert.deepEqual(await server.parts.records.list('idempotency'), [])
})

test('says with every page of the ledger how many entries it has', async (t) => {
  const server = await openTrial(t)
  await server.ask('/v1/ramps', { method: 'POST', token: server.token, body: opening('shop') })
  const end = await server.parts.ledger.end()
  assert.ok(end > 1)
  const read = async (query: string): Promise<LedgerPage> =>
    (await server.ask(`/v1/ledger/entries?${query}`, { token: server.token })).body as LedgerPage
  const [first, last] = [await read('limit=1'), await read(`limit=10&after=${end - 1}`)]
  assert.deepEqual([first.entries.length, first.more, first.end >= end], [1, true, true])
  assert.equal(last.entries[0]?.position, end)
  assert.ok(last.end >= end + last.entries.length - 1)
})

test('tells nobody of ramps under way that they may not see', async (t) => {
  const server = await openTrial(t)
  await server.ask('/v1/ramps', { method: 'POST', token: server.token, body: opening('shop') })
  const scope = { contracts: ['Environment/other'] }
  const { secret } = await server.tokenFor('narrow', [{ role: 'viewer', scope }])
  const seen = async (token: string): Promise<unknown> =>
    ((await server.ask('/v1/daemon', { token })).body as { ramps: unknown[] }).ramps.length
  assert.deepEqual([await seen(server.token), await seen(secret)], [1, 0])
})

test('keeps no secret for the sake of a key', async (t) => {
  const server = await openTrial(t)
  const headers = { 'idempotency-key': 'k-4' }
  const body = { name: 'ci', grants: [{ role: 'viewer', scope: {} }], lifetimeMs: 60_000 }
  const ask = { method: 'POST', token: server.token, headers, body }
  const first = await server.ask('/v1/tokens', ask)
  assert.ok(first.status < 300)
  assert.equal((await server.ask('/v1/tokens', ask)).status, 422)
  const { secret } = first.body as { readonly secret: string }
  const kept = await server.parts.records.list('idempotency')
  assert.ok(!JSON.stringify(kept).includes(secret))
})

test('makes answers smaller for whoever can read them so, and reads nothing that is packed', async (t) => {
  const { origin, token, ...server } = await openTrial(t)
  const readers = { br: brotliDecompressSync, gzip: gunzipSync }
  for (const [encoding, unpack] of Object.entries(readers)) {
    const { promise, resolve } = Promise.withResolvers<import('node:http').IncomingMessage>()
    const { get } = await import('node:http')
    get(`${origin}/v1/openapi.json`, { headers: { 'accept-encoding': encoding } }, resolve)
    const response = await promise
    assert.equal(response.headers['content-encoding'], encoding)
    const bytes = Buffer.concat(await response.toArray())
    assert.equal(JSON.parse(unpack(bytes).toString()).openapi, '3.1.0')
  }
  const packed = { 'content-encoding': 'gzip', 'content-type': 'application/json' }
  const ask = { method: 'POST', token, headers: packed, body: opening('shop') }
  assert.ok((await server.ask('/v1/ramps', ask)).status < 500)
})

test('says what is wrong with a request in the words of the one table', async (t) => {
  const server = await openTrial(t)
  const { token } = server
  const cases = [
    ['GET', '/v1/nowhere', {}, undefined, 404, 'route-unknown'],
    ['PATCH', '/v1/ramps', {}, undefined, 405, 'method-unknown'],
    ['POST', '/v1/ramps', { 'content-type': 'text/plain' }, 'x', 415, 'media-unknown'],
    ['GET', '/v1/ramps?limit=501', {}, undefined, 400, 'request-malformed'],
    ['GET', '/v1/ramps?limits=1', {}, undefined, 400, 'request-malformed'],
    ['GET', '/v1/ramps?cursor=none', {}, undefined, 404, 'ramp-unknown'],
  ] as const
  for (const [method, path, headers, body, status, code] of cases) {
    const response = await fetch(`${server.origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const problem = (await response.json()) as { readonly code: string }
    assert.deepEqual([response.status, problem.code], [status, code], `${method} ${path}`)
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
    assert.match(response.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
  }
})

test('shows what components write to those who may see their environment, by name or by label', async (t) => {
  const start = {
    instance: 'shop/api#1',
    pid: 1,
    status: 'running',
    ports: {},
    sinceMs: 1,
  } as const
  const line = { subject: 'shop/api', stream: 'out', atMs: 1, text: 'hello' } as const
  const server = await openNetServer(t, {
    components: {
      list: () => [{ subject: 'shop/api', ...start }],
      async *logs() {
        yield line
      },
      leftovers: () => ({ processes: [], ports: [] }),
    },
  })
  const tokenOf = async (name: string, scope: object): Promise<string> =>
    (await server.tokenFor(name, [{ role: 'operator', scope }])).secret
  const token = await tokenOf('all', {})
  const { contract } = opening('shop') as { contract: { metadata: object } }
  const labelled = { ...contract, metadata: { ...contract.metadata, labels: { team: 'store' } } }
  await server.ask('/v1/apply', { method: 'POST', token, body: { documents: [labelled] } })
  await server.ask('/v1/ramps', { method: 'POST', token, body: opening('shop') })
  const read = async (scope: object): Promise<readonly unknown[]> => {
    const own = await tokenOf(`own-${performance.now()}`, scope)
    const lines = await fetch(`${server.origin}/v1/logs`, {
      headers: { authorization: `Bearer ${own}` },
    })
    const named = await server.ask('/v1/logs?subject=shop%2Fapi', { token: own })
    const environments = await server.ask('/v1/environments', { token: own })
    const listed = (environments.body as EnvironmentPage).environments.length
    return [(await lines.text()).trim() !== '', named.status, listed]
  }
  for (const scope of [{}, { contracts: ['Environment/shop'] }, { labels: { team: 'store' } }]) {
    assert.deepEqual(await read(scope), [true, 200, 1], JSON.stringify(scope))
  }
  for (const scope of [{ contracts: ['Ports/shop'] }, { labels: { team: 'pay' } }]) {
    assert.deepEqual(await read(scope), [false, 404, 0], JSON.stringify(scope))
  }
})
