/**
 * A server and an agent that know each other by certificates, as they are started by hand: what each of
 * them says when something is wrong, and a certificate that is renewed while its agent works.
 */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { AgentView } from '../../src/server/wire/agents.ts'
import { type Certificate, makeCertificate, openssl } from '../support/certificates.ts'
import { runInProcess } from '../support/cli.ts'
import { openWorkspace } from '../support/daemon.ts'
import { type Finished, rampart, type Started, startRampart } from '../support/rampart.ts'
import { startTcpRelay, type TcpRelay } from '../support/tcp-relay.ts'
import { until } from '../support/until.ts'

const LISTENING = /Listening at https:\/\/127\.0\.0\.1:(\d+)\./

/** A server, the way to it, and what its agent comes with. */
interface Site {
  readonly t: TestContext
  readonly folder: string
  readonly relay: TcpRelay
  /** Who signs for agents. */
  readonly authority: Certificate
  /** By which the agent believes the server. */
  readonly ca: string
  readonly token: string
}

async function openSite(t: TestContext): Promise<Site> {
  const folder = openWorkspace(t)
  const authority = await makeCertificate(t, { isAuthority: true, commonName: 'Agents' })
  const own = await makeCertificate(t, { names: ['IP:127.0.0.1'] })
  const pair = ['--tls-cert', own.certificateFile, '--tls-key', own.keyFile]
  const words = ['serve', '--listen', '127.0.0.1:0', ...pair]
  const served = startRampart([...words, '--client-ca', authority.certificateFile], { cwd: folder })
  t.after(() => served.child.kill('SIGKILL'))
  await until('the server listens', () => LISTENING.test(served.stderr()), 30_000)
  const relay = await startTcpRelay(Number(LISTENING.exec(served.stderr())?.[1]))
  t.after(() => relay.stop())
  const created = ['token', 'create', 'agent-eu', '--role', 'agent', '--region', 'eu']
  const made = await runInProcess(created, folder)
  assert.equal(made.exitCode, 0, made.stderr)
  const token = made.stdout.trim()
  return { t, folder, relay, authority, ca: own.certificateFile, token }
}

/** How the agent is started, and in which folder. */
function agentWords({ relay, ca }: Site, cwd: string, ...more: readonly string[]): string[] {
  const server = `https://127.0.0.1:${relay.port}`
  const words = ['agent', '--region', 'eu', '--server', server, '--ca', ca, '--workspace', cwd]
  return [...words, ...more]
}

/** Starts an agent that is not let in, and waits for its end. */
async function ended(site: Site, ...more: readonly string[]): Promise<Finished> {
  const cwd = openWorkspace(site.t)
  const env = { RAMPART_TOKEN: site.token }
  return await rampart(agentWords(site, cwd, ...more), { cwd, env })
}

function make({ t, authority }: Site, region: string): Promise<Certificate> {
  const names = [`URI:spiffe://example.org/rampart/agent/${region}`]
  return makeCertificate(t, { by: authority, names, commonName: `agent-${region}` })
}

function shown({ certificateFile, keyFile }: Certificate): string[] {
  return ['--certificate', certificateFile, '--key', keyFile]
}

test('a server and an agent know each other by certificates', openssl, async (t) => {
  const site = await openSite(t)
  await t.test('an agent that cannot be let in ends, and says what to do', () => endAtOnce(site))
  await t.test('a certificate is renewed while its agent works', () => renew(site))
})

async function endAtOnce(site: Site): Promise<void> {
  const us = await make(site, 'us')
  const eu = await make(site, 'eu')
  const mixed = ['--certificate', eu.certificateFile, '--key', us.keyFile]
  const [without, foreign, unusable] = await Promise.all([
    ended(site),
    ended(site, ...shown(us)),
    ended(site, ...mixed),
  ])
  assert.match(without.stderr, /certificate-missing/)
  assert.match(without.stderr, /rampart agent --certificate FILE --key FILE/)
  assert.match(foreign.stderr, /CN=agent-us is that of the agent of us, not of eu/)
  assert.match(unusable.stderr, /It is not the key of the certificate in /)
  assert.deepEqual([without.exitCode, foreign.exitCode, unusable.exitCode], [1, 1, 2])
}

async function renew(site: Site): Promise<void> {
  const { t, relay, folder } = site
  const cwd = openWorkspace(t)
  const files = { certificateFile: join(cwd, 'agent.pem'), keyFile: join(cwd, 'agent.key') }
  const first = await make(site, 'eu')
  writeFileSync(files.certificateFile, first.certificate)
  writeFileSync(files.keyFile, first.key)
  const pair = ['--certificate', 'agent.pem', '--key', 'agent.key']
  const env = { RAMPART_TOKEN: site.token }
  const agent = startRampart(agentWords(site, cwd, ...pair), { cwd, env })
  t.after(() => agent.child.kill('SIGKILL'))
  await until('the agent works', () => timesWelcome(agent) === 1, 30_000)
  assert.equal((await agentOf(folder))?.certificate?.fingerprint, fingerprintOf(first))
  const listed = await runInProcess(['agents', 'list'], folder)
  assert.match(listed.stdout, /connected .* certificate ends in /)

  const second = await make(site, 'eu')
  relay.cut()
  // Whoever renews writes one after the other; between them the agent only tries again.
  writeFileSync(files.certificateFile, second.certificate)
  relay.restore()
  await until('it says so', () => /It is not the key of the certificate in /.test(agent.stderr()))
  writeFileSync(files.keyFile, second.key)
  await until('the agent works again', () => timesWelcome(agent) === 2, 30_000)
  assert.equal((await agentOf(folder))?.certificate?.fingerprint, fingerprintOf(second))

  const exported = await runInProcess(['ledger', 'export'], folder)
  const admitted = exported.stdout.split('\n').filter((line) => line.includes('agent.admitted'))
  assert.equal(admitted.length, 2, 'one for each certificate')
  assert.match(admitted[1] ?? '', /by the certificate CN=agent-eu/)
  agent.child.kill('SIGTERM')
  assert.equal((await agent.finished).exitCode, 0)
  const lost = agent
    .stderr()
    .split('\n')
    .find((line) => line.includes('It is not the key'))
  assert.equal(JSON.parse(lost ?? '{}').level, 'warn', 'its log is that of a server')
}

function timesWelcome(agent: Started): number {
  return agent.stderr().split('Working for').length - 1
}

async function agentOf(folder: string): Promise<AgentView | undefined> {
  const { stdout } = await runInProcess(['agents', 'list', '--json'], folder)
  return stdout === '' ? undefined : (JSON.parse(stdout) as AgentView)
}

function fingerprintOf({ certificate }: Certificate): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase()
}

test('what cannot work is refused before anything is started, with the next command', async (t) => {
  const cwd = openWorkspace(t)
  const token = { RAMPART_TOKEN: 'rmp_x' }
  const says = async (words: readonly string[], ...what: readonly RegExp[]): Promise<void> => {
    const { exitCode, stderr } = await runInProcess(words, cwd, token)
    assert.equal(exitCode, 2, stderr)
    for (const pattern of what) assert.match(stderr, pattern)
  }
  const served = ['serve', '--client-ca', 'agents.pem']
  const pair = ['--tls-cert', 'a.pem', '--tls-key', 'a.key']
  await says(served, /--client-ca needs --tls-cert and --tls-key/, /Next: rampart serve --tls-cert/)
  await says([...served, '--behind-proxy'], /Behind a proxy .* never that of an agent/)
  await says([...served, ...pair, '--behind-proxy'], /agents must reach the server itself/)
  const agent = ['agent', '--region', 'eu', '--server']
  const half = [...agent, 'https://rampart.example.org', '--certificate', 'a.pem']
  await says(half, /needed together/, /--certificate FILE --key FILE/)
  const clear = [...agent, 'http://127.0.0.1:1', '--certificate', 'a.pem', '--key', 'a.key']
  await says(clear, /has no TLS, so that it would not see the certificate/)
})
