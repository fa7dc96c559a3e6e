/** What is made on the fly is a certificate to OpenSSL, and wrong in nothing but what it should be. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { checkServerIdentity, connect, createServer } from 'node:tls'
import { type CertificateTerms, makeAuthority, makeCertificate } from './certificate.ts'

const NOW_MS = Math.round(performance.timeOrigin + performance.now())
const DAY_MS = 86_400_000
const authority = makeAuthority('an authority', NOW_MS)
const GOOD = { host: 'shop.test', fromMs: NOW_MS - DAY_MS, untilMs: NOW_MS + DAY_MS }

/** Why a client that trusts the authority does not trust what it is shown; '' when it does. */
async function distrust(t: TestContext, terms: CertificateTerms, asked: string): Promise<string> {
  const { certificate, key } = makeCertificate(authority, terms)
  const server = createServer({ cert: certificate, key }, (socket) => socket.end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const client = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    servername: 'shop.test',
    ca: authority.certificate,
    rejectUnauthorized: false,
    checkServerIdentity: (_, shown) => checkServerIdentity(asked, shown),
  })
  client.on('error', () => undefined)
  await once(client, 'secureConnect')
  client.destroy()
  const why = client.authorizationError as unknown
  return client.authorized ? '' : String((why as { code?: string }).code ?? why)
}

test('a certificate is right in all but what it is told to be wrong in', async (t) => {
  assert.equal(await distrust(t, GOOD, 'shop.test'), '')
  assert.equal(
    await distrust(t, { ...GOOD, host: 'else.test' }, 'shop.test'),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  )
  assert.equal(await distrust(t, { ...GOOD, untilMs: NOW_MS - 1 }, 'shop.test'), 'CERT_HAS_EXPIRED')
  const young = { ...GOOD, fromMs: NOW_MS + DAY_MS / 2 }
  assert.equal(await distrust(t, young, 'shop.test'), 'CERT_NOT_YET_VALID')
})

test('addresses of both families and years of four digits are written as they are', async (t) => {
  assert.equal(await distrust(t, { ...GOOD, host: '10.1.2.3' }, '10.1.2.3'), '')
  assert.equal(await distrust(t, { ...GOOD, host: 'fe80::1:2' }, 'fe80::1:2'), '')
  const untilMs = Date.UTC(2061, 1, 3)
  const { certificate } = makeCertificate(authority, { ...GOOD, untilMs })
  assert.equal(new X509Certificate(certificate).validToDate.getTime(), untilMs)
})
