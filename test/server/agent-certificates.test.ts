/** Who comes in to a server that asks agents for certificates: real ones, in real handshakes. */
import assert from 'node:assert/strict'
import { copyFileSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { request } from 'undici'
import { runAgent } from '../../src/agent/run-agent.ts'
import { SystemClock } from '../../src/clock/system-clock.ts'
import type { FaultCodeName } from '../../src/core/fault/codes.ts'
import { isFault } from '../../src/core/fault/fault.ts'
import { SystemRandom } from '../../src/random/system-random.ts'
import { RampartClient } from '../../src/server/client/client.ts'
import { Transport } from '../../src/server/client/transport.ts'
import { SimulatedClock } from '../simulation/simulated-clock.ts'
import {
  type Certificate,
  type CertificateOptions,
  makeCertificate,
  openssl,
  tlsFiles,
} from '../support/certificates.ts'
import { type CertifiedServer, openCertifiedServer } from '../support/certified-server.ts'
import { until } from '../support/until.ts'

const EU = { role: 'agent', scope: { regions: ['eu'] } } as const
const US = { role: 'agent', scope: { regions: ['us'] } } as const

/** An authority below the other one. */
const BETWEEN = { isAuthority: true, names: ['DNS:between'], commonName: 'Between' } as const

interface Trial {
  readonly t: TestContext
  readonly server: CertifiedServer
  readonly authority: Certificate
  /** The token of the agent of eu. */
  readonly token: string
  /** A certificate of the authority's, for the agent of eu unless told otherwise. */
  make(options?: CertificateOptions): Promise<Certificate>
}

/** The name of a region's agent. */
function uri(region: string): string {
  return `URI:spiffe://example.org/rampart/agent/${region}`
}

async function openTrial(t: TestContext, more: Parameters<typeof openCertifiedServer>[2] = {}) {
  const authority = await makeCertificate(t, { isAuthority: true, commonName: 'Agents' })
  const server = await openCertifiedServer(t, authority, more)
  const token = await server.tokenFor('agent-eu', EU)
  const make: Trial['make'] = (options = {}) =>
    makeCertificate(t, { by: authority, names: [uri('eu')], commonName: 'agent-eu', ...options })
  return { t, server, authority, token, make }
}

/** Comes with a token and, where there is one, a certificate. */
function comer({ t, server }: Trial, token: string, certificate?: Certificate): RampartClient {
  const shown = certificate === undefined ? {} : { certificate: tlsFiles(certificate) }
  const client = new RampartClient({ url: server.url, ca: server.ca, token, ...shown })
  t.after(() => client.close())
  return client
}

async function refused(coming: Promise<unknown>, code: FaultCodeName, says: RegExp): Promise<void> {
  await assert.rejects(coming, (error) => {
    assert.ok(isFault(error), String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.hint, says)
    return true
  })
}

test('a server that names an authority for agents', openssl, async (t) => {
  const trial = await openTrial(t)
  await t.test('lets an agent in by its token and the certificate of its region', () =>
    letIn(trial),
  )
  await t.test('refuses one whose certificate does not count', () => refuseUntrusted(trial))
  await t.test('refuses one whose certificate is of another region', () => refuseForeign(trial))
  await t.test('asks people and machines for none', () => askNobodyElse(trial))
  await t.test('gives no session for a token alone', () => giveNoSession(trial))
  await t.test('notes a token without its certificate, and not each time', () => noteOnce(trial))
  await t.test('drops who came by an authority that is named no more', () => dropOthers(trial))
})

async function letIn(trial: Trial): Promise<void> {
  const certificate = await trial.make()
  const me = await comer(trial, trial.token, certificate).me()
  assert.deepEqual([me.name, me.kind, me.grants], ['token:agent-eu', 'agent', [EU]])
  const both = await trial.server.tokenFor('agent-both', EU, US)
  const narrowed = await comer(trial, both, certificate).me()
  assert.deepEqual(narrowed.grants, [EU], 'the certificate names one of its regions')
  const between = await trial.make(BETWEEN)
  const below = await trial.make({ by: between })
  writeFileSync(below.certificateFile, `${below.certificate}${between.certificate}`)
  assert.equal((await comer(trial, trial.token, below).me()).kind, 'agent')
}

async function refuseUntrusted(trial: Trial): Promise<void> {
  const { t, token, make } = trial
  const other = await makeCertificate(t, { isAuthority: true, commonName: 'Agents' })
  const between = await make(BETWEEN)
  const comes = async (options: CertificateOptions): Promise<unknown> =>
    comer(trial, token, await make(options)).me()
  const untrusted = async (options: CertificateOptions, says: RegExp): Promise<void> =>
    refused(comes(options), 'certificate-untrusted', says)
  await refused(comer(trial, token).me(), 'certificate-missing', /beside its token/)
  await untrusted({ days: -1 }, /has expired on \d{4}-\d\d-\d\dT/)
  await untrusted({ sinceDays: 2 }, /is not valid before \d{4}-\d\d-\d\dT/)
  await untrusted({ by: other }, /is signed by nobody who is trusted here/)
  await untrusted({ by: between }, /lacks the certificates between/)
  await untrusted({ usage: 'serverAuth' }, /not for clients: .* clientAuth/)
  const self = await makeCertificate(t, { names: [uri('eu')], commonName: 'agent-eu' })
  await refused(comer(trial, token, self).me(), 'certificate-untrusted', /signed by nobody/)
}

async function refuseForeign(trial: Trial): Promise<void> {
  const { server, token, make } = trial
  const us = await make({ names: [uri('us')], commonName: 'agent-us' })
  const of = /certificate CN=agent-us is that of the agent of us, not of eu/
  await refused(comer(trial, token, us).me(), 'certificate-foreign', of)
  const nobody = await make({ names: ['DNS:eu.example.org'] })
  const needs = /needs the URI spiffe:\/\/DOMAIN\/rampart\/agent\/eu/
  await refused(comer(trial, token, nobody).me(), 'certificate-foreign', needs)
  const both = await server.tokenFor('agent-all', EU, US)
  await refused(takeWork(trial, both, us), 'certificate-foreign', /of us, not of eu/)
}

/** Asks for the work of eu. */
async function takeWork(trial: Trial, token: string, certificate: Certificate): Promise<string> {
  const { t, server } = trial
  const transport = new Transport({
    ...{ url: server.url, ca: server.ca, token },
    certificate: tlsFiles(certificate),
  })
  t.after(() => transport.close())
  const query = { region: 'eu', instance: 'here', version: '1' }
  let heard = ''
  for await (const piece of transport.text({ path: '/v1/agent/work', query })) heard += piece
  return heard
}

async function askNobodyElse(trial: Trial): Promise<void> {
  const token = await trial.server.tokenFor('ci', { role: 'operator', scope: {} })
  assert.equal((await comer(trial, token).me()).kind, 'machine')
  const self = await makeCertificate(trial.t, { names: ['DNS:ci'] })
  assert.equal((await comer(trial, token, self).me()).kind, 'machine')
}

async function giveNoSession(trial: Trial): Promise<void> {
  const { server, token } = trial
  const transport = new Transport({ url: server.url, ca: server.ca })
  trial.t.after(() => transport.close())
  const asked = { method: 'POST', path: '/v1/auth/session', body: { token } } as const
  await refused(transport.json(asked), 'certificate-missing', /beside its token/)
}

async function noteOnce(trial: Trial): Promise<void> {
  const token = await trial.server.tokenFor('agent-lost', EU)
  for (let time = 0; time < 3; time += 1) {
    await refused(comer(trial, token).me(), 'certificate-missing', /./)
  }
  const notes = await trial.server.notes('certificate.refused')
  const own = notes.filter(({ by }) => by === 'token:agent-lost')
  assert.equal(own.length, 1)
  assert.match(own[0]?.sentence ?? '', /token:agent-lost was refused: .*beside its token/)
  assert.doesNotMatch(JSON.stringify(notes), new RegExp(token))
}

async function dropOthers(trial: Trial): Promise<void> {
  const { t, server, authority, token, make } = trial
  const client = comer(trial, token, await make())
  const again = comer(trial, token, await make())
  await client.me()
  const connections = (): Promise<number> =>
    new Promise((resolve) => server.door.server.getConnections((_, count) => resolve(count)))
  server.door.renew()
  const before = await connections()
  assert.ok(before > 0, 'the same authority drops nobody')
  const next = await makeCertificate(t, { isAuthority: true, commonName: 'Next' })
  copyFileSync(next.certificateFile, authority.certificateFile)
  server.door.renew()
  await until('it is dropped', async () => (await connections()) < before)
  await refused(again.me(), 'certificate-untrusted', /signed by nobody/)
  const renewed = await make({ by: next })
  assert.equal((await comer(trial, token, renewed).me()).kind, 'agent')
}

/** Lets time go by, with whatever is due in it. */
function pass(clock: SimulatedClock, ms: number): void {
  let isOver = false
  clock.wakeAt(clock.nowMs() + ms, () => {
    isOver = true
  })
  while (!isOver) clock.step()
}

test('an agent that works is let go when its certificate is over', openssl, async (t) => {
  const clock = new SimulatedClock()
  // Certificates are made now, and not when simulated time begins.
  clock.stepBack(clock.nowMs() - new SystemClock().nowMs())
  const trial = await openTrial(t, { clock })
  const certificate = await trial.make({ days: 1 })
  const work = takeWork(trial, trial.token, certificate)
  await until('the agent is there', () => trial.server.desk.views().length === 1)
  pass(clock, 2 * 86_400_000)
  await assert.rejects(work, (error) => isFault(error, 'daemon-lost'))
  const after = comer(trial, trial.token, certificate).me()
  await refused(after, 'certificate-untrusted', /has expired/)
  assert.deepEqual(await trial.server.notes('certificate.refused'), [])
})

test(
  'an agent works for every replica by its certificate, and each says by which',
  openssl,
  async (t) => {
    const authority = await makeCertificate(t, { isAuthority: true })
    const made = { by: authority, names: [uri('eu')], commonName: 'agent-eu' }
    const certificate = tlsFiles(await makeCertificate(t, made))
    const sites = [await openCertifiedServer(t, authority), await openCertifiedServer(t, authority)]
    const servers = new Map<string, Transport>()
    for (const site of sites) {
      const token = await site.tokenFor('agent-eu', EU)
      servers.set(site.url, new Transport({ url: site.url, ca: site.ca, token, certificate }))
    }
    const stopping = new AbortController()
    const components = { list: () => [], async *logs() {} }
    const ended = runAgent({
      servers,
      presentation: { region: 'eu', instance: 'here', version: '1', replace: false },
      parts: { probes: [], actuators: [], components },
      clock: new SystemClock(),
      random: new SystemRandom(),
      signal: stopping.signal,
      log: () => undefined,
    })
    t.after(async () => {
      stopping.abort()
      await ended
      for (const transport of servers.values()) await transport.close()
    })
    for (const { desk, notes } of sites) {
      await until('the agent is there', () => desk.views().length === 1)
      const [view] = desk.views()
      assert.equal(view?.certificate?.subject, 'CN=agent-eu')
      const [note, ...more] = await notes('agent.admitted')
      assert.match(
        note?.sentence ?? '',
        /^token:agent-eu works for the region eu .* CN=agent-eu \(until/,
      )
      assert.match(JSON.stringify(note?.details), /"fingerprint":"[0-9a-f]{64}"/)
      assert.deepEqual(more, [])
    }
  },
)

test(
  'a refusal closes its connection, so that the next one may show another certificate',
  openssl,
  async (t) => {
    const trial = await openTrial(t)
    const { Agent } = await import('undici')
    const dispatcher = new Agent({ connect: { ca: trial.server.ca } })
    t.after(() => dispatcher.close())
    const headers = { authorization: `Bearer ${trial.token}` }
    const answer = await request(`${trial.server.url}/v1/me`, { dispatcher, headers })
    await answer.body.dump()
    assert.deepEqual([answer.statusCode, answer.headers['connection']], [403, 'close'])
  },
)
