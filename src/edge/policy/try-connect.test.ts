import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { requirePart } from '../../../test/support/require-part.ts'
import type { SeenBy } from './trials.ts'
import { type Outcome, tryConnect } from './try-connect.ts'

const root = requirePart('root', process.getuid?.() === 0, 'sudo npm test')
const onlyRoot = root.skip === false ? openssl : root

const WHOM = { to: 'shop/api http', who: 'a stranger', isAllowed: false, user: 65_534 }

async function tried(t: TestContext, server: Server, seenBy: SeenBy): Promise<Outcome> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return await tryPort((server.address() as AddressInfo).port, seenBy)
}

async function tryPort(port: number, seenBy: SeenBy): Promise<Outcome> {
  return await tryConnect({ ...WHOM, address: '127.0.0.1', port, seenBy })
}

test('a connection that the kernel makes is let in, unless a front closes it', root, async (t) => {
  const closing = (): Server => createServer((socket) => socket.destroy())
  const keeping = createServer((socket) => socket.on('error', () => socket.destroy()).resume())
  const outcomes = await Promise.all([
    tried(t, closing(), 'kernel'),
    tried(t, closing(), 'tcp'),
    tried(t, keeping, 'tcp'),
  ])
  assert.deepEqual(
    outcomes.map(({ what }) => what),
    ['let in', 'refused', 'let in'],
  )
})

test('an HTTP front refuses with 403, and lets in with any other answer', root, async (t) => {
  const answering = (status: number): Server =>
    createHttpServer((_, response) => response.writeHead(status).end())
  const silent = createServer((socket) => socket.on('error', () => socket.destroy()).resume())
  const outcomes = await Promise.all([
    tried(t, answering(403), 'http'),
    tried(t, answering(404), 'http'),
    tried(t, silent, 'http'),
  ])
  assert.deepEqual(
    outcomes.map(({ what }) => what),
    ['refused', 'let in', 'unclear'],
  )
})

test('where nobody listens the system’s own word is told', root, async () => {
  assert.deepEqual(await tryPort(await freePort(), 'kernel'), {
    what: 'refused',
    why: 'ECONNREFUSED',
  })
})

test('with TLS a front is shown the certificate that is at hand', onlyRoot, async (t) => {
  const own = await makeCertificate(t, { isAuthority: true })
  const { certificate: cert, certificateFile: certificate, key, keyFile } = own
  const options = { cert, key, ca: cert, requestCert: true, rejectUnauthorized: false }
  const http = createHttpsServer(options, ({ socket }, response) => {
    response.writeHead((socket as TLSSocket).authorized ? 200 : 403).end()
  })
  const tcp = createTlsServer(options, (socket) => {
    socket.on('error', () => socket.destroy())
    if (!socket.authorized) socket.destroy()
  })
  const shown = { certificate, key: keyFile, names: [] }
  for (const [server, seenBy] of [[http, 'http'] as const, [tcp, 'tcp'] as const]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const place = { ...WHOM, address: '127.0.0.1', port, seenBy }
    const outcomes = await Promise.all([
      tryConnect({ ...place, tls: {} }),
      tryConnect({ ...place, tls: { shown } }),
    ])
    server.close()
    assert.deepEqual(
      outcomes.map(({ what }) => what),
      ['refused', 'let in'],
      seenBy,
    )
  }
})
