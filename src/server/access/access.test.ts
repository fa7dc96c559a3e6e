import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Entry } from '../../core/entry/entry.ts'
import { present } from '../../core/fault/assert.ts'
import { FAULT_CODES } from '../../core/fault/codes.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import { type App, openApp } from '../app.ts'
import type { Grant } from '../wire/access.ts'
import { CLOSED } from './access-config.ts'
import { type Access, addAccess, assertMay, maySee, whoAsks } from './add-access.ts'
import { AccessAudit } from './audit.ts'
import { FAILURES_MAX, networkOf } from './failure-limit.ts'
import { localIdentity } from './identity.ts'
import { LOGINS_MAX } from './token-store.ts'
import { VIGIL_MS } from './vigil.ts'

const ME = localIdentity('me')
const HOUR_MS = 3_600_000

/** A clock that is set by hand. */
class HandClock implements Clock {
  atMs = 1_700_000_000_000
  #waiting: () => void = () => undefined
  nowMs(): number {
    return this.atMs
  }
  wakeAt(_atMs: number, callback: () => void): Timer {
    this.#waiting = callback
    return { cancel: () => undefined }
  }
  /** Lets time go by, until whoever waits is woken. */
  pass(ms: number): void {
    this.atMs += ms
    this.#waiting()
  }
}

interface Trial {
  readonly app: App
  readonly access: Access
  readonly ledger: MemoryLedger
  readonly clock: HandClock
}

async function openTrial(t: TestContext): Promise<Trial> {
  const app = openApp()
  const clock = new HandClock()
  const ledger = new MemoryLedger()
  const records = new MemoryRecords(clock)
  const access = addAccess(app, { records, ledger, clock, localUser: 'me', config: CLOSED })
  app.setErrorHandler(async (error, _request, reply) => {
    const code = isFault(error) ? error.code : 'daemon-failed'
    return reply.code(FAULT_CODES[code].httpStatus).send({ code, text: String(error) })
  })
  app.get('/open', { config: { permission: 'open' } }, () => 'open')
  app.get('/me', { config: { permission: 'self' } }, (request) => whoAsks(request).name)
  app.get('/manage', { config: { permission: 'access.manage' } }, () => 'done')
  app.get<{ Params: { name: string } }>(
    '/ramps/:name',
    { config: { permission: 'ramps.operate' } },
    (request) => {
      const shop = { kind: 'Environment', name: request.params.name }
      assertMay(request, shop, () => new Fault({ ...ABSENT, subject: shop.name }))
      return maySee(request, shop)
    },
  )
  t.after(() => app.close())
  return { app, access, ledger, clock }
}

const ABSENT = { code: 'ramp-unknown', operation: 'find the ramp', hint: 'There is none.' } as const

async function tokenOf(
  trial: Trial,
  role: Grant['role'],
  scope: Grant['scope'] = {},
): Promise<string> {
  const request = { name: `${role}-${Math.trunc(performance.now() * 1e3)}`, lifetimeMs: HOUR_MS }
  const reply = await trial.access.tokens.create(ME, { ...request, grants: [{ role, scope }] })
  return reply.secret
}

async function statusOf(trial: Trial, url: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return (await trial.app.inject({ url, headers })).statusCode
}

async function notes(ledger: MemoryLedger): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const { entry } of ledger.read('access')) entries.push(entry)
  return entries
}

test('lets nobody use up the room for tokens by logging in, and forgets logins that expired', async (t) => {
  const { access, clock } = await openTrial(t)
  const login = (name: string): Promise<unknown> =>
    access.tokens.createFor({ ...ME, name, kind: 'person' }, 'login', HOUR_MS)
  for (let count = 0; count < LOGINS_MAX; count++) await login('oidc:anna')
  const fault = await login('oidc:anna').catch((error: unknown) => error)
  assert.ok(isFault(fault, 'limit-reached'))
  await login('oidc:ben')
  clock.atMs += HOUR_MS
  await login('oidc:anna')
  assert.equal((await access.tokens.list()).length, 1)
})

test('refuses to have a route that names no permission', async (t) => {
  const { app } = await openTrial(t)
  assert.throws(() => app.get('/bare', () => 'bare'), /GET \/bare names a permission/)
})

test('lets nobody in without a token, but through open routes', async (t) => {
  const trial = await openTrial(t)
  assert.equal(await statusOf(trial, '/open'), 200)
  assert.equal(await statusOf(trial, '/open', 'nonsense'), 200)
  assert.equal(await statusOf(trial, '/nowhere'), 404)
  for (const url of ['/me', '/manage', '/ramps/shop']) assert.equal(await statusOf(trial, url), 401)
  const refused = await trial.app.inject({ url: '/me' })
  assert.match(String(refused.headers['www-authenticate']), /^Bearer/)
})

test('knows a token until it expires or is revoked', async (t) => {
  const trial = await openTrial(t)
  const { access, clock } = trial
  const secret = await tokenOf(trial, 'viewer')
  const [token] = await access.tokens.list()
  assert.equal(await statusOf(trial, '/me', secret), 200)
  assert.equal(await statusOf(trial, '/me', `${secret.slice(0, -1)}!`), 401)
  const other = secret.slice(0, -43) + 'A'.repeat(43)
  assert.equal(await statusOf(trial, '/me', other), 401)
  clock.atMs += HOUR_MS
  assert.equal(await statusOf(trial, '/me', secret), 401)
  clock.atMs -= 1
  assert.equal(await statusOf(trial, '/me', secret), 200)
  await access.tokens.revoke(ME, token?.id ?? '')
  assert.equal(await statusOf(trial, '/me', secret), 401)
})

test('shows when a token was used last, noting it at most once a minute', async (t) => {
  const trial = await openTrial(t)
  const { access, clock } = trial
  const secret = await tokenOf(trial, 'viewer')
  const used = async (): Promise<number | undefined> =>
    (await access.tokens.list())[0]?.lastUsedAtMs
  assert.equal(await used(), undefined)
  const firstMs = clock.atMs
  await statusOf(trial, '/me', secret)
  clock.atMs += 59_000
  await statusOf(trial, '/me', secret)
  assert.equal(await used(), firstMs)
  clock.atMs += 1_000
  await statusOf(trial, '/me', secret)
  assert.equal(await used(), firstMs + 60_000)
})

test('keeps no secret, and shows neither hashes', async (t) => {
  const trial = await openTrial(t)
  const secret = await tokenOf(trial, 'viewer')
  const listed = JSON.stringify(await trial.access.tokens.list())
  const noted = JSON.stringify(await notes(trial.ledger))
  for (const text of [listed, noted]) {
    assert.ok(!text.includes(secret.slice(-43)))
    assert.ok(!text.includes('hash'))
  }
})

test('answers for what one may not see as for what is not there', async (t) => {
  const trial = await openTrial(t)
  const scope = { contracts: ['Environment/shop'] }
  const operator = await tokenOf(trial, 'operator', scope)
  assert.equal(await statusOf(trial, '/ramps/shop', operator), 200)
  assert.equal(await statusOf(trial, '/ramps/pay', operator), 404)
  const viewer = await tokenOf(trial, 'viewer')
  assert.equal(await statusOf(trial, '/ramps/shop', viewer), 403)
  const admin = await tokenOf(trial, 'admin', scope)
  assert.equal(await statusOf(trial, '/manage', admin), 403)
})

test('makes no second token of a name while the first may be used', async (t) => {
  const { access } = await openTrial(t)
  const request = { name: 'ci', grants: [], lifetimeMs: HOUR_MS }
  const { token } = await access.tokens.create(ME, request)
  const fault = await access.tokens.create(ME, request).catch((error: unknown) => error)
  assert.ok(isFault(fault, 'token-exists'))
  await access.tokens.revoke(ME, token.id)
  await access.tokens.create(ME, request)
})

test('gives a name to one token only, however many ask for it while the first is being made', async (t) => {
  const { access, ledger } = await openTrial(t)
  const request = { name: 'ci', grants: [], lifetimeMs: HOUR_MS }
  const others: Promise<unknown>[] = []
  const unheard = ledger.onAppended(() => {
    unheard()
    others.push(access.tokens.create(ME, request))
  })
  const asked = Array.from({ length: 3 }, () => access.tokens.create(ME, request))
  const made = await Promise.allSettled(asked)
  const late = await Promise.allSettled(others)
  const isMade = [...made, ...late].filter(({ status }) => status === 'fulfilled')
  assert.equal(isMade.length, 1)
  assert.equal((await access.tokens.list()).length, 1)
  for (const one of [...made, ...late]) {
    assert.ok(one.status === 'fulfilled' || isFault(one.reason, 'token-exists'))
  }
})

test('notes every token in the ledger, whoever else notes at the same time', async (t) => {
  const trial = await openTrial(t)
  const { ledger, clock } = trial
  const other = new AccessAudit({ ledger, clock })
  const note = { by: 'x', subject: 'y', sentence: 'Z.', details: {} }
  await Promise.all([
    ...Array.from({ length: 10 }, () => other.note({ ...note, what: 'other' })),
    ...Array.from({ length: 5 }, () => tokenOf(trial, 'viewer')),
  ])
  const whats = (await notes(ledger)).map((entry) => entry.type === 'access.changed' && entry.what)
  assert.equal(whats.filter((what) => what === 'other').length, 10)
  assert.equal(whats.filter((what) => what === 'token.created').length, 5)
})

test('lets an address fail so often, and who is known in all the same', async (t) => {
  const trial = await openTrial(t)
  const secret = await tokenOf(trial, 'viewer')
  for (let round = 0; round < FAILURES_MAX; round++) {
    assert.equal(await statusOf(trial, '/me', 'guess'), 401)
  }
  const refused = await trial.app.inject({ url: '/me', headers: { authorization: 'Bearer x' } })
  assert.equal(refused.statusCode, 429)
  assert.equal(refused.headers['retry-after'], '60')
  assert.equal(await statusOf(trial, '/me', secret), 200)
  trial.clock.atMs += 60_000
  assert.equal(await statusOf(trial, '/me', 'guess'), 401)
})

test('counts an address of version 6 by its network', () => {
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::9'))
  assert.notEqual(networkOf('2001:db8:1:2::'), networkOf('2001:db8:1:3::'))
  assert.equal(networkOf('::1'), '0:0:0:0')
  assert.equal(networkOf('10.0.0.1'), '10.0.0.1')
  assert.equal(networkOf('::ffff:10.0.0.1'), '::ffff:10.0.0.1')
})

test('takes whoever comes by the Unix socket for its owner, and nobody who has no address', async (t) => {
  const trial = await openTrial(t)
  const folder = mkdtempSync(join(tmpdir(), 'rampart-access-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'socket')
  trial.access.localDoor.watch(trial.app.server)
  await trial.app.listen({ path })
  const socket = connect(path)
  socket.end('GET /me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  let text = ''
  for await (const piece of socket.setEncoding('utf8')) text += piece
  assert.match(text, /200 OK[\s\S]*local:me/)
  // A connection that broke has no address either, but was not accepted there.
  assert.equal(await statusOf(trial, '/me'), 401)
})

test('cuts a live answer off once its token is revoked', async (t) => {
  const trial = await openTrial(t)
  const { app, access, clock } = trial
  app.get('/live', { config: { permission: 'self' } }, (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200).write('begun')
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const secret = await tokenOf(trial, 'viewer')
  const response = await fetch(`${url}/live`, { headers: { authorization: `Bearer ${secret}` } })
  const reader = present(response.body, 'a live answer has a body').getReader()
  assert.equal(new TextDecoder().decode((await reader.read()).value), 'begun')
  const cut = reader.read().then(
    () => 'ended',
    () => 'cut off',
  )
  clock.pass(VIGIL_MS)
  assert.equal(await statusOf(trial, '/me', secret), 200)
  const [token] = await access.tokens.list()
  await access.tokens.revoke(ME, token?.id ?? '')
  clock.pass(VIGIL_MS)
  assert.equal(await cut, 'cut off')
})

test('notes whoever comes with a token that was taken away', async (t) => {
  const trial = await openTrial(t)
  const secret = await tokenOf(trial, 'viewer')
  const [token] = await trial.access.tokens.list()
  await trial.access.tokens.revoke(ME, token?.id ?? '')
  await statusOf(trial, '/me', secret)
  const last = (await notes(trial.ledger)).at(-1)
  assert.equal(last?.type === 'access.changed' && last.what, 'token.refused')
})
