/** `rampart login` and `rampart people` from end to end: the real program, a real server, a real provider. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { stringify } from 'yaml'
import { Browser } from '../support/browser.ts'
import { openWorkspace } from '../support/daemon.ts'
import { freePort } from '../support/free-port.ts'
import { openIdentityProvider } from '../support/identity-provider.ts'
import { rampart, startRampart } from '../support/rampart.ts'
import { until } from '../support/until.ts'

const ACCOUNTS = {
  anna: { email: 'anna@example.org', isVerified: true, groups: ['platform'] },
  bert: { email: 'bert@example.org', isVerified: true, groups: [] },
}

const BERT = 'oidc:bert@example.org'

interface Served {
  readonly url: string
  /** Its folder, where an admin is whoever may write there. */
  readonly cwd: string
  /** What it has said so far. */
  said(): string
}

/** A server that lets the platform's people in. */
async function serve(t: TestContext): Promise<Served> {
  const cwd = openWorkspace(t)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { loseTokens: _, ...provider } = await openIdentityProvider(
    t,
    `${url}/v1/auth/callback`,
    ACCOUNTS,
  )
  const groups = { platform: [{ role: 'admin', scope: {} }] }
  writeFileSync(
    join(cwd, 'access.yaml'),
    stringify({ oidc: { ...provider, allowInsecure: true }, groups }),
  )
  const args = ['serve', '--listen', `127.0.0.1:${port}`, '--access', 'access.yaml']
  const served = startRampart(args, { cwd })
  t.after(() => served.child.kill('SIGKILL'))
  const listens = (): boolean => served.stderr().includes('Listening at')
  await until('the server listens', () => listens() || served.child.exitCode !== null, 30_000)
  assert.ok(listens(), served.stderr())
  return { url, cwd, said: served.stderr }
}

test('logs somebody in at the command line, by whichever browser they have', async (t) => {
  const { url, said } = await serve(t)
  const cwd = openWorkspace(t)
  const home = mkdtempSync(join(tmpdir(), 'rampart-home-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const env = { XDG_CONFIG_HOME: home }
  const login = startRampart(['login', '--server', url, '--name', 'office'], { cwd, env })
  t.after(() => login.child.kill('SIGKILL'))
  const shows = /Open (\S+)\nand confirm there that it shows: (\S+)\n/
  await until('a code is shown', () => shows.test(login.stderr()), 30_000)
  const [, page = '', code = ''] = shows.exec(login.stderr()) ?? []
  const browser = new Browser()
  const asked = await browser.open(page)
  const consent = await browser.submit(asked, { login: 'anna', password: 'any' })
  const confirming = await browser.submit(consent, {})
  assert.ok(confirming.text.includes(code), confirming.text)
  await browser.submit(confirming, { answer: 'confirm' }, { origin: url })
  const { exitCode, stderr } = await login.finished
  assert.equal(exitCode, 0, stderr)
  assert.match(stderr, /as oidc:anna@example\.org; the context is office/)
  const listed = await rampart(['token', 'list', '--json'], { cwd, env })
  assert.equal(listed.exitCode, 0, listed.stderr)
  assert.match(listed.stdout, /"name":"oidc:anna@example\.org"/)
  const kept = readFileSync(join(home, 'rampart', 'contexts.json'), 'utf8')
  const [secret = ''] = /rmp_[0-9a-f]{16}_[\w-]{43}/.exec(kept) ?? []
  assert.notEqual(secret, '')
  const ledger = await rampart(['ledger', 'export'], { cwd, env })
  const revoked = await rampart(['people', 'revoke', 'oidc:anna@example.org'], { cwd, env })
  assert.match(revoked.stderr, /granted nothing by name any more; it was nothing\./)
  assert.match(revoked.stderr, /still give: admin\./, 'by her group')
  const away = await rampart(['people', 'sign-out', 'oidc:anna@example.org'], { cwd, env })
  assert.match(away.stderr, /is signed out: 1 of browsers, 1 of command lines/)
  const people = await rampart(['people', 'list'], { cwd, env })
  assert.match(people.stderr, /unauthenticated|The token was revoked/)
  assert.match(ledger.stdout, /sign-in\.accepted/)
  for (const text of [said(), ledger.stdout, listed.stdout, stderr]) {
    assert.ok(!text.includes(secret.slice(-43)), 'a secret is told to nobody')
  }
})

/** Signs somebody in. @returns what they may do, else the page that refuses them */
async function signIn(url: string, login: string): Promise<{ status: number; text: string }> {
  const browser = new Browser()
  const asked = await browser.open(`${url}/v1/auth/login?returnTo=/v1/me`)
  const consent = await browser.submit(asked, { login, password: 'any' })
  return await browser.submit(consent, {})
}

test('lets somebody in by name, who may do that and no more', async (t) => {
  const { url, cwd } = await serve(t)
  const grant = (...words: string[]) => rampart(['people', 'grant', BERT, ...words], { cwd })
  assert.equal((await signIn(url, 'bert')).status, 403, 'nobody has let him in')
  const shop = ['--role', 'operator', '--contract', 'Environment/shop-*', '--label', 'team=store']
  const first = await grant(...shop)
  assert.equal(first.exitCode, 0, first.stderr)
  const operator = 'operator of Environment/shop-*; team=store'
  assert.ok(first.stderr.includes(`${BERT} is granted ${operator}.\n`), first.stderr)
  assert.ok(first.stderr.includes(`now: ${operator}. Before: nothing.\n`), first.stderr)
  assert.match(first.stderr, /Nobody has signed in by that name yet/)
  assert.equal(first.stdout, '')
  const scope = { contracts: ['Environment/shop-*'], labels: { team: 'store' } }
  const { status, text } = await signIn(url, 'bert')
  assert.deepEqual([status, JSON.parse(text).grants], [200, [{ role: 'operator', scope }]])

  const again = await grant(...shop)
  assert.match(again.stderr, /before; nothing changes\.\nBy name they have: operator of/)
  assert.doesNotMatch(again.stderr, /Nobody has signed in/)
  const second = await grant('--role', 'viewer')
  assert.ok(second.stderr.includes(`now: ${operator}, viewer everywhere. Before: ${operator}.\n`))
  assert.match(second.stderr, /next: rampart people revoke oidc:bert@example\.org, and grant again/)

  const third = await grant('--role', 'viewer', '--contract', 'Ports/shop', '--json')
  const told = JSON.parse(third.stdout)
  assert.deepEqual(told.grantedBefore, [
    { role: 'operator', scope },
    { role: 'viewer', scope: {} },
  ])
  const ports = { role: 'viewer', scope: { contracts: ['Ports/shop'] } }
  assert.deepEqual([told.name, told.granted], [BERT, [...told.grantedBefore, ports]])
  assert.equal(third.stderr, '')
  const list = await rampart(['people', 'list'], { cwd })
  assert.match(list.stdout, /^oidc:bert@example\.org +operator, viewer, viewer +signed in/)
  const strange = await grant('--role', 'viewer', '--contract', 'a/b/c')
  assert.equal(strange.exitCode, 2, strange.stderr)
  assert.match(strange.stderr, /expected <kind>\/<name>/)
  const ledger = await rampart(['ledger', 'export'], { cwd })
  assert.equal(
    ledger.stdout.match(/grants\.changed/g)?.length,
    3,
    'what changes nothing is no change',
  )
})

test('says what groups give besides what was granted by name', async (t) => {
  const { url, cwd } = await serve(t)
  const { status, text } = await signIn(url, 'anna')
  assert.equal(status, 200, text)
  const words = ['people', 'grant', 'oidc:anna@example.org', '--role', 'viewer']
  const { exitCode, stderr } = await rampart(words, { cwd })
  assert.equal(exitCode, 0, stderr)
  assert.match(stderr, /now: viewer everywhere\. Before: nothing\.\n/)
  assert.match(stderr, /give besides: admin everywhere\.\nNext: rampart people list\n$/)
})
