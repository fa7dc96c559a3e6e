/** Real clients with real certificates at a real front: who comes in, and what its backend is told. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { Agent, type RequestOptions, request } from 'node:https'
import { type AddressInfo, connect as connectPlain } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import { type Certificate, makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { until } from '../../../test/support/until.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import type { ConnectPolicy } from '../../core/port/connect-policy.ts'
import { digestOfText } from '../../core/units/digest.ts'
import { AccessJudge } from './access.ts'
import { Forwarder } from './forwarder.ts'
import type { FrontDefinition } from './front.ts'
import { targetOf } from './front-target.ts'

const FRONT = 'shop/api/http'
const WEB = 'spiffe://shop/web'

const policy: ConnectPolicy = {
  rules: [{ from: ['shop/web', 'shop/jobs'], to: ['shop/api'] }],
  clients: [
    { service: 'shop/web', users: [], mtls: [WEB], tokens: [], networks: [] },
    { service: 'shop/jobs', users: [], mtls: [], tokens: [digestOfText('right')], networks: [] },
  ],
}

interface Bench {
  readonly port: number
  readonly plane: Forwarder
  readonly refusals: string[]
  readonly certificates: Readonly<Record<Name, Certificate>>
  readonly clock: { offsetMs: number }
  /** What the front says of itself is not what is tried: anybody is believed. */
  ask(how?: Asking): Promise<Answer>
}

type Name = 'authority' | 'own' | 'web' | 'mail' | 'foreign' | 'expired' | 'server'

interface Asking {
  readonly as?: Certificate
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
  readonly more?: RequestOptions & { readonly ALPNProtocols?: readonly string[] }
}

interface Answer {
  readonly status: number | undefined
  readonly text: string
}

async function makeBench(context: TestContext, mode: FrontDefinition['mode']): Promise<Bench> {
  const authority = await makeCertificate(context, { isAuthority: true, commonName: 'Shop' })
  const other = await makeCertificate(context, { isAuthority: true, commonName: 'Other' })
  const make = (name: string, by: Certificate, more: object = {}) =>
    makeCertificate(context, { names: [`URI:${name}`], commonName: 'client', by, ...more })
  const certificates = {
    authority,
    own: await makeCertificate(context, { by: authority }),
    web: await make(WEB, authority),
    mail: await make('spiffe://shop/mail', authority),
    foreign: await make(WEB, other),
    expired: await make(WEB, authority, { days: -1 }),
    server: await make(WEB, authority, { usage: 'serverAuth' }),
  }
  const { own } = certificates
  const tls = {
    certificate: own.certificateFile,
    key: own.keyFile,
    clientCa: authority.certificateFile,
  }
  const judge = new AccessJudge(undefined)
  judge.set({ policies: [policy], processes: [] })
  const refusals: string[] = []
  const [system, clock] = [new SystemClock(), { offsetMs: 0 }]
  const plane = new Forwarder({
    mayConnect: (client) => judge.judge(client, targetOf(client.front)),
    onRefused: (_, sentence) => refusals.push(sentence),
    clock: {
      nowMs: () => system.nowMs() + clock.offsetMs,
      wakeAt: (atMs, callback) => system.wakeAt(atMs, callback),
    },
  })
  const port = await freePort()
  await plane.open({ name: FRONT, mode, addresses: ['127.0.0.1'], port, tls })
  const server = createServer((told, response) => response.end(JSON.stringify(told.headers)))
  new WebSocketServer({ server }).on('connection', (socket, told) => {
    socket.send(JSON.stringify(told.headers))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(async () => {
    await plane.close(FRONT)
    server.close()
    server.closeAllConnections()
  })
  const backend = (server.address() as AddressInfo).port
  await plane.route(FRONT, { id: 'one', address: '127.0.0.1', port: backend })
  const ask = (how: Asking = {}): Promise<Answer> => askOf(port, authority, how)
  return { port, plane, refusals, certificates, clock, ask }
}

function askOf(port: number, authority: Certificate, how: Asking): Promise<Answer> {
  const { as, headers = {}, agent = false, more = {} } = how
  const shown = as === undefined ? {} : { cert: as.certificate, key: as.key }
  const trust = { ca: authority.certificate, servername: 'localhost' }
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, headers, agent, ...trust, ...shown, ...more }
    const asked = request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.once('end', () => resolve({ status: response.statusCode, text }))
    })
    asked.once('error', reject).end()
  })
}

function fieldOf({ certificate }: Certificate): string {
  return `:${new X509Certificate(certificate).raw.toString('base64')}:`
}

function toldOf({ text }: Answer): IncomingHttpHeaders {
  return JSON.parse(text)
}

test(
  'with http, a certificate that counts lets its service in, and nothing else does',
  openssl,
  async (context) => {
    const { ask, certificates, refusals, plane } = await makeBench(context, 'http')
    const { web, mail, foreign, expired, server } = certificates
    const cases: readonly (readonly [Certificate | undefined, RegExp])[] = [
      [undefined, /^A stranger .* came from 127\.0\.0\.1:\d+ and showed no certificate\.$/],
      [mail, /showed a certificate of spiffe:\/\/shop\/mail, CN=client\.$/],
      [foreign, /not believed: none of the authorities that the front knows has signed it\.$/],
      [expired, /not believed: it has expired\.$/],
      [server, /not believed: it is not meant for clients\.$/],
    ]
    for (const [as, sentence] of cases) {
      const { status, text } = await ask(as === undefined ? {} : { as })
      assert.equal(status, 403)
      assert.match(text.trim(), sentence)
      assert.equal(refusals.at(-1), text.trim(), 'it is told in the same words')
    }
    assert.equal(plane.counts(FRONT)?.refused, cases.length)
    assert.equal((await ask({ as: web })).status, 200)
    const headers = { authorization: 'Bearer right' }
    assert.equal((await ask({ headers })).status, 200, 'any rule that admits is enough')
    assert.equal((await ask({ headers, as: foreign })).status, 200)
  },
)

test('a backend is told of the certificate by the front alone', openssl, async (context) => {
  const { ask, port, certificates } = await makeBench(context, 'http')
  const { web, foreign, authority } = certificates
  const forged = {
    'Client-Cert': fieldOf(web),
    client_cert: fieldOf(web),
    'Client-Cert-Chain': fieldOf(authority),
    'X-Forwarded-Client-Cert': `URI=${WEB}`,
    'X-Forwarded-Proto': 'http',
    authorization: 'Bearer right',
  }
  for (const as of [undefined, foreign]) {
    const told = toldOf(await ask({ headers: forged, ...(as && { as }) }))
    const names = Object.keys(told).filter((name) => name.includes('cert'))
    assert.deepEqual(names, [], 'who is known by a token has no certificate')
    assert.equal(told['x-forwarded-proto'], 'https')
  }
  const told = toldOf(await ask({ headers: forged, as: web }))
  assert.equal(told['client-cert'], fieldOf(web))
  assert.equal(told['client_cert'], undefined)
  const trust = { ca: authority.certificate, servername: 'localhost' }
  const shown = { cert: web.certificate, key: web.key, headers: { 'Client-Cert': 'forged' } }
  const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { ...trust, ...shown })
  const [message] = await once(socket, 'message')
  socket.terminate()
  assert.equal(JSON.parse(String(message))['client-cert'], fieldOf(web))
})

test('a connection does not outlive the certificate that let it in', openssl, async (context) => {
  const { ask, certificates, clock } = await makeBench(context, 'http')
  const { web: as, authority } = certificates
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.certificate })
  context.after(() => agent.destroy())
  assert.equal((await ask({ as, agent })).status, 200)
  clock.offsetMs = 31 * 24 * 60 * 60 * 1_000
  const { status, text } = await ask({ as, agent })
  assert.equal(status, 403)
  assert.match(text, /it has expired\.$/m)
  const headers = { authorization: 'Bearer right' }
  const told = toldOf(await ask({ as, headers }))
  assert.equal(told['client-cert'], undefined)
})

test(
  'with tcp, who may not come in is closed, and both ends may finish first',
  openssl,
  async (context) => {
    const { port, certificates, refusals, plane } = await makeBench(context, 'tcp')
    const { web, mail, authority } = certificates
    const talk = async (as?: Certificate): Promise<string> => {
      const shown = as === undefined ? {} : { cert: as.certificate, key: as.key }
      const trust = { ca: authority.certificate, servername: 'localhost', allowHalfOpen: true }
      const socket = connect({ host: '127.0.0.1', port, ...trust, ...shown } as never) as TLSSocket
      socket.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      let text = ''
      socket.on('data', (piece) => {
        text += piece
      })
      return await new Promise((resolve) => {
        socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? ''))
        socket.once('end', () => resolve(text.slice(0, 15)))
      })
    }
    assert.equal(await talk(web), 'HTTP/1.1 200 OK')
    assert.equal(await talk(mail), 'ECONNRESET')
    assert.equal(await talk(), 'ECONNRESET')
    assert.deepEqual(
      refusals.map((sentence) => sentence.replace(/^.* and showed/, 'showed')),
      ['showed a certificate of spiffe://shop/mail, CN=client.', 'showed no certificate.'],
    )
    while ((plane.counts(FRONT)?.backends[0]?.inFlight ?? 0) > 0) await new Promise(setImmediate)
  },
)

test(
  'who speaks no TLS, or another protocol inside it, is told of and let go',
  openssl,
  async (context) => {
    const { port, refusals, ask } = await makeBench(context, 'http')
    const own = await makeCertificate(context)
    const plain = connectPlain(port, '127.0.0.1')
    plain.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    plain.on('error', () => plain.destroy()).resume()
    await once(plain, 'close')
    assert.match(refusals.at(-1) ?? '', /could not agree on TLS: it spoke HTTP without TLS\.$/)
    await assert.rejects(ask({ more: { ALPNProtocols: ['h2'] } }))
    assert.match(refusals.at(-1) ?? '', /it does not speak HTTP\/1\.1\.$/)
    const trust = ['-verify_return_error', '-CAfile', own.certificateFile]
    const words = ['s_client', '-connect', `127.0.0.1:${port}`, ...trust]
    await once(spawn('openssl', words, { stdio: 'ignore' }), 'exit')
    await until('it is told', () => refusals.length === 3)
    assert.match(refusals.at(-1) ?? '', /it does not believe the certificate of the front\.$/)
  },
)
