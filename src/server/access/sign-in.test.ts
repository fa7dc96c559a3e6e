import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Browser, type Shown } from '../../../test/support/browser.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { openIdentityProvider } from '../../../test/support/identity-provider.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { Entry } from '../../core/entry/entry.ts'
import { FAULT_CODES } from '../../core/fault/codes.ts'
import { isFault } from '../../core/fault/fault.ts'
import { MemoryLedger } from '../../ledger/memory/memory-ledger.ts'
import { MemoryRecords } from '../../records/memory/memory-records.ts'
import { openApp } from '../app.ts'
import { addAccessRoutes } from '../routes/access-routes.ts'
import { addAuthRoutes } from '../routes/auth-routes.ts'
import type { IdentityView, TokenReply } from '../wire/access.ts'
import { type Access, addAccess } from './add-access.ts'
import { WAITING_OF_ONE_MAX } from './device-login.ts'
import { localIdentity } from './identity.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { ownPath } from './sign-in.ts'
import { signOutEverywhere } from './sign-out.ts'

const EVERYWHERE = {}

const ACCOUNTS = {
  anna: { email: 'Anna@example.org', isVerified: true, groups: ['platform'] },
  bert: { email: 'anna@example.org', isVerified: false, groups: ['platform'] },
  carl: { email: 'carl@example.org', isVerified: true, groups: [] },
}

interface Trial {
  readonly origin: string
  readonly access: Access
  /** Lets go of whoever asks the provider for a token, from now on. */
  loseTokens(): void
  notes(): Promise<readonly Extract<Entry, { type: 'access.changed' }>[]>
}

async function openTrial(t: TestContext): Promise<Trial> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const { loseTokens, ...provider } = await openIdentityProvider(
    t,
    `${origin}/v1/auth/callback`,
    ACCOUNTS,
  )
  const clock = new SystemClock()
  const ledger = new MemoryLedger()
  const oidc = {
    ...provider,
    scopes: 'openid email profile',
    groupsClaim: 'groups',
    allowInsecure: true,
  }
  const groups = { platform: [{ role: 'approver', scope: EVERYWHERE }] } as const
  const app = openApp()
  const access = addAccess(app, {
    records: new MemoryRecords(clock),
    ledger,
    clock,
    localUser: 'me',
    config: { publicUrl: origin, oidc, groups, people: {} },
  })
  addSecurityHeaders(app, { isSecure: false })
  app.setErrorHandler(async (error, _request, reply) => {
    const code = isFault(error) ? error.code : 'daemon-failed'
    return await reply.code(FAULT_CODES[code].httpStatus).send({ code, text: String(error) })
  })
  app.get('/', { config: { permission: 'open' } }, () => 'the dashboard')
  addAccessRoutes(app, { access })
  addAuthRoutes(app, { access })
  await app.listen({ host: '127.0.0.1', port })
  t.after(() => app.close())
  const notes: Trial['notes'] = async () => {
    const entries: Extract<Entry, { type: 'access.changed' }>[] = []
    for await (const { entry } of ledger.read('access')) {
      if (entry.type === 'access.changed') entries.push(entry)
    }
    return entries
  }
  return { origin, access, loseTokens, notes }
}

/** Signs somebody in, through the pages of the provider. */
async function signIn(trial: Trial, browser: Browser, login: string, to = '/'): Promise<Shown> {
  const begun = `${trial.origin}/v1/auth/login?returnTo=${encodeURIComponent(to)}`
  const asked = await browser.open(begun)
  const consent = await browser.submit(asked, { login, password: 'any' })
  return await browser.submit(consent, {})
}

async function ask(
  trial: Trial,
  browser: Browser,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = { ...init.headers, cookie: browser.cookiesFor(trial.origin) }
  return await fetch(`${trial.origin}${path}`, { ...init, headers })
}

async function me(trial: Trial, browser: Browser): Promise<IdentityView> {
  return (await (await ask(trial, browser, '/v1/me')).json()) as IdentityView
}

test('signs a person in by the provider, with the roles of their groups', async (t) => {
  const trial = await openTrial(t)
  const browser = new Browser()
  const shown = await signIn(trial, browser, 'anna', '/?page=2')
  assert.equal(shown.url.href, `${trial.origin}/?page=2`)
  const { name, kind, grants, csrfToken } = await me(trial, browser)
  assert.deepEqual([name, kind], ['oidc:anna@example.org', 'person'])
  assert.deepEqual(grants, [{ role: 'approver', scope: {} }])
  assert.ok(csrfToken)
  const [note] = await trial.notes()
  assert.equal(note?.what, 'sign-in.accepted')
  assert.ok(!JSON.stringify(await trial.notes()).includes(browser.cookiesFor(trial.origin)))
})

test('takes an address that the provider has not verified for nobody', async (t) => {
  const trial = await openTrial(t)
  const browser = new Browser()
  await signIn(trial, browser, 'bert')
  assert.equal((await me(trial, browser)).name, 'oidc:bert')
})

test('lets nobody in to whom nothing was granted, and notes it', async (t) => {
  const trial = await openTrial(t)
  const browser = new Browser()
  const shown = await signIn(trial, browser, 'carl')
  assert.equal(shown.status, 403)
  assert.match(shown.text, /Nothing is granted to oidc:carl@example.org/)
  assert.equal((await ask(trial, browser, '/v1/me')).status, 401)
  assert.deepEqual(
    (await trial.notes()).map(({ what, by }) => [what, by]),
    [['sign-in.refused', 'oidc:carl@example.org']],
  )
  const viewer = [{ role: 'viewer', scope: {} }] as const
  await trial.access.people.grant(localIdentity('me'), {
    name: 'oidc:carl@example.org',
    grants: viewer,
  })
  await signIn(trial, browser, 'carl')
  assert.deepEqual((await me(trial, browser)).grants, viewer)
})

test('takes a provider that falls silent for no refusal', async (t) => {
  const trial = await openTrial(t)
  trial.loseTokens()
  const shown = await signIn(trial, new Browser(), 'anna')
  assert.equal(shown.status, 503)
  assert.match(shown.text, /sign-in-unavailable|did not say who signed in/)
  assert.deepEqual(await trial.notes(), [])
})

test('refuses a callback that this browser has not begun', async (t) => {
  const trial = await openTrial(t)
  const [mine, theirs] = [new Browser(), new Browser()]
  const asked = await theirs.open(`${trial.origin}/v1/auth/login`)
  const consent = await theirs.submit(asked, { login: 'anna', password: 'any' })
  assert.equal(consent.status, 200)
  await mine.open(`${trial.origin}/v1/auth/login`)
  for (const browser of [mine, new Browser()]) {
    const forged = await browser.open(`${trial.origin}/v1/auth/callback?code=x&state=y`)
    assert.equal(forged.status, 403)
    assert.equal((await ask(trial, browser, '/v1/me')).status, 401)
  }
})

test('notes only so many refusals a minute', async (t) => {
  const trial = await openTrial(t)
  const browser = new Browser()
  for (let round = 0; round < 15; round++) {
    await browser.open(`${trial.origin}/v1/auth/callback?code=x&state=y`)
  }
  assert.equal((await trial.notes()).length, 10)
})

test('changes nothing by a session without the token of its own pages', async (t) => {
  const trial = await openTrial(t)
  const browser = new Browser()
  await signIn(trial, browser, 'anna')
  const { csrfToken = '' } = await me(trial, browser)
  const out = (headers: Record<string, string>): Promise<Response> =>
    ask(trial, browser, '/v1/auth/logout', { method: 'POST', headers })
  assert.equal((await out({})).status, 403)
  assert.equal((await out({ 'x-csrf-token': 'guess' })).status, 403)
  const elsewhere = { 'x-csrf-token': csrfToken, origin: 'http://elsewhere.example' }
  assert.equal((await out(elsewhere)).status, 403)
  assert.equal((await me(trial, browser)).name, 'oidc:anna@example.org')
  assert.equal((await out({ 'x-csrf-token': csrfToken, origin: trial.origin })).status, 204)
  assert.equal((await ask(trial, browser, '/v1/me')).status, 401)
})

test('notes whoever hands in, at a browser, a token that was taken away', async (t) => {
  const trial = await openTrial(t)
  const maker = localIdentity('me')
  const wanted = { name: 'board', grants: [], lifetimeMs: 60_000 }
  const { token, secret } = await trial.access.tokens.create(maker, wanted)
  await trial.access.tokens.revoke(maker, token.id)
  const { status } = await fetch(`${trial.origin}/v1/auth/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: secret }),
  })
  assert.equal(status, 401)
  assert.equal((await trial.notes()).at(-1)?.what, 'token.refused')
})

test('keeps cookies from scripts and from other sites', async (t) => {
  const trial = await openTrial(t)
  const { token, secret } = await trial.access.tokens.create(localIdentity('me'), {
    name: 'board',
    grants: [{ role: 'viewer', scope: {} }],
    lifetimeMs: 60_000,
  })
  const begun = await fetch(`${trial.origin}/v1/auth/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: secret }),
  })
  assert.equal(begun.status, 200)
  const cookie = begun.headers.get('set-cookie') ?? ''
  assert.match(
    cookie,
    /^rampart-session-\d+=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
  )
  assert.equal(begun.headers.get('cache-control'), 'no-store')
  assert.match(begun.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
  const headers = { cookie: cookie.split(';')[0] ?? '' }
  const mine = (): Promise<Response> => fetch(`${trial.origin}/v1/me`, { headers })
  assert.equal(((await (await mine()).json()) as IdentityView).name, 'token:board')
  await trial.access.tokens.revoke(localIdentity('me'), token.id)
  assert.equal((await mine()).status, 401)
})

interface Begun {
  readonly deviceCode: string
  readonly userCode: string
  readonly url: string
}

async function post(trial: Trial, path: string, body?: object): Promise<Response> {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return await fetch(`${trial.origin}${path}`, { method: 'POST', ...(body && json) })
}

test('logs a command line in once somebody confirms its code in a browser', async (t) => {
  const trial = await openTrial(t)
  const browser = new Browser()
  const begun = (await (await post(trial, '/v1/auth/device')).json()) as Begun
  const take = (): Promise<Response> =>
    post(trial, '/v1/auth/device/token', { deviceCode: begun.deviceCode })
  assert.deepEqual(await (await take()).json(), { state: 'waiting' })
  const asked = await browser.open(begun.url)
  const consent = await browser.submit(asked, { login: 'anna', password: 'any' })
  const page = await browser.submit(consent, {})
  assert.match(page.text, new RegExp(begun.userCode))
  assert.match(page.text, /oidc:anna@example\.org/)
  const forged = await browser.submit(
    page,
    { answer: 'confirm' },
    { origin: 'http://evil.example' },
  )
  assert.equal(forged.status, 403)
  const done = await browser.submit(page, { answer: 'confirm' }, { origin: trial.origin })
  assert.match(done.text, /Logged in/)
  const { secret } = (await (await take()).json()) as TokenReply
  const headers = { authorization: `Bearer ${secret}` }
  const mine = async (): Promise<Response> => await fetch(`${trial.origin}/v1/me`, { headers })
  assert.equal(((await (await mine()).json()) as IdentityView).name, 'oidc:anna@example.org')
  assert.equal((await take()).status, 403)
  await fetch(`${trial.origin}/v1/auth/logout`, { method: 'POST', headers })
  assert.equal((await mine()).status, 401)
})

test('signs somebody out everywhere: browsers, command lines, and logins that nobody took yet', async (t) => {
  const trial = await openTrial(t)
  const { access } = trial
  const [anna, ben] = [new Browser(), new Browser()]
  await signIn(trial, anna, 'anna')
  const person = await access.people.identity('oidc:anna@example.org')
  const { secret } = await access.tokens.createFor(person, 'login', 60_000)
  const { deviceCode, userCode } = await access.deviceLogin.begin('192.0.2.1')
  await access.deviceLogin.confirm(person, userCode)
  const other = await access.people.identity('oidc:ben@example.org')
  const kept = await access.tokens.createFor(other, 'login', 60_000)
  const statusOf = async (token: string): Promise<number> =>
    (await fetch(`${trial.origin}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status
  assert.equal(await statusOf(secret), 200)
  const ended = await signOutEverywhere(access, localIdentity('me'), person.name)
  assert.deepEqual(ended, { sessions: 1, logins: 1 })
  assert.equal((await ask(trial, anna, '/v1/me')).status, 401)
  assert.equal(await statusOf(secret), 401)
  assert.equal((await post(trial, '/v1/auth/device/token', { deviceCode })).status, 403)
  assert.equal(await statusOf(kept.secret), 200, 'others stay')
  const noted = (await trial.notes()).find(({ what }) => what === 'person.signed-out')
  assert.equal(noted?.subject, person.name)
  await signIn(trial, ben, 'anna')
  assert.equal((await me(trial, ben)).name, person.name, 'and they may come again')
})

test('lets no address use up the logins that may wait', async (t) => {
  const { access } = await openTrial(t)
  const begin = (address: string): Promise<unknown> => access.deviceLogin.begin(address)
  for (let count = 0; count < WAITING_OF_ONE_MAX; count++) await begin(`2001:db8::${count}`)
  const fault = await begin('2001:db8::ffff').catch((error: unknown) => error)
  assert.ok(isFault(fault, 'limit-reached'))
  assert.match(fault.hint, /at your address/)
  await begin('2001:db8:0:1::1')
})

test('gives no token for a code that was refused', async (t) => {
  const trial = await openTrial(t)
  const browser = new Browser()
  await signIn(trial, browser, 'anna')
  const begun = (await (await post(trial, '/v1/auth/device')).json()) as Begun
  await browser.submit(await browser.open(begun.url), { answer: 'refuse' })
  const taken = await post(trial, '/v1/auth/device/token', { deviceCode: begun.deviceCode })
  assert.equal(taken.status, 403)
})

test('sends nobody to another site after signing in', () => {
  for (const path of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '',
    '/a b',
    '/\n/x',
  ])
    assert.equal(ownPath(path), '/', path)
  assert.equal(ownPath('/ramps/shop-up-1?tab=logs'), '/ramps/shop-up-1?tab=logs')
})
