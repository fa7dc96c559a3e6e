/** `rampart login` from one end to the other: the real program, a real server, a real provider. */
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
}

/** A server that lets the platform's people in, and what it has said so far. */
async function serve(t: TestContext): Promise<{ readonly url: string; said(): string }> {
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
  return { url, said: served.stderr }
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
