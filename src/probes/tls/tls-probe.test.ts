import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { createServer, type TlsOptions } from 'node:tls'
import { askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { type Certificate, makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { TlsProbe } from './tls-probe.ts'

const DAY_MS = 86_400_000
const probe = new TlsProbe({ nowMs: () => Date.now() })

interface ServeOptions extends TlsOptions {
  readonly host?: string
  readonly port?: number
}

/** A real server; gives its port. */
async function serve(test: TestContext, shown: Certificate, options: ServeOptions = {}) {
  const { host = '127.0.0.1', port = 0, ...tls } = options
  const { key, certificate: cert } = shown
  const server = createServer({ key, cert, ...tls }, (socket) => {
    socket.on('error', () => undefined)
  })
  server.on('tlsClientError', () => undefined)
  server.listen(port, host)
  await once(server, 'listening')
  test.after(() => server.close())
  return (server.address() as AddressInfo).port
}

describe('the tls probe', { ...openssl, timeout: 120_000 }, () => {
  it('passes for a certificate that is trusted for the name, and shows it', async (test) => {
    const authority = await makeCertificate(test, { isAuthority: true })
    const port = await serve(test, await makeCertificate(test, { by: authority, days: 30 }))
    for (const ca of [authority.certificate, authority.certificateFile]) {
      const answer = await askOnce(probe, { host: 'localhost', port, ca })
      assert.equal(gist(answer), 'passed trusted')
      assert.equal(answer.evidence['protocol'], 'TLSv1.3')
      assert.equal(answer.evidence['names'], 'DNS:localhost')
      assert.equal(answer.evidence['daysLeft'], 29)
      assert.match(answer.sentence, /valid for 29 more days/)
    }
  })

  it('is terminal for a certificate that nobody trusted has signed', async (test) => {
    const port = await serve(test, await makeCertificate(test))
    const answer = await askOnce(probe, { address: `localhost:${port}` })
    assert.equal(gist(answer), 'failed terminal untrusted-certificate')
    assert.equal(answer.evidence['subject'], 'CN=DNS:localhost')
    const unreadable = await askOnce(probe, { host: 'localhost', port, ca: '/nowhere.pem' })
    assert.equal(gist(unreadable), 'errored notYet authorities-unreadable')
  })

  it('is terminal for another name, unless that name or address is asked for', async (test) => {
    const shown = await makeCertificate(test, { names: ['DNS:api.test', 'IP:127.0.0.1'] })
    const port = await serve(test, shown)
    const input = { host: 'localhost', port, ca: shown.certificate }
    assert.equal(gist(await askOnce(probe, input)), 'failed terminal wrong-certificate-name')
    for (const servername of ['api.test', '127.0.0.1']) {
      assert.equal(gist(await askOnce(probe, { ...input, servername })), 'passed trusted')
    }
  })

  it('is terminal for an expired certificate, and waits for one that will expire soon', async (test) => {
    const expired = await makeCertificate(test, { days: -1 })
    const input = { host: 'localhost', port: await serve(test, expired), ca: expired.certificate }
    assert.equal(gist(await askOnce(probe, input)), 'failed terminal expired-certificate')
    const shown = await makeCertificate(test, { days: 30 })
    const port = await serve(test, shown)
    const asked = { host: 'localhost', port, ca: shown.certificate, daysLeft: 14 }
    assert.equal(gist(await askOnce(probe, asked)), 'passed trusted')
    const later = new TlsProbe({ nowMs: () => Date.now() + 20 * DAY_MS })
    const soon = await askOnce(later, asked)
    assert.equal(gist(soon), 'failed notYet expires-soon')
    assert.match(soon.sentence, /valid for 9 more days; 14 expected/)
  })

  it('waits for the version and the protocol that are asked for', async (test) => {
    const shown = await makeCertificate(test)
    const ca = shown.certificate
    const old = await serve(test, shown, { maxVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] })
    const input = { host: 'localhost', port: old, ca }
    assert.equal(gist(await askOnce(probe, input)), 'passed trusted')
    const newer = await askOnce(probe, { ...input, minVersion: 'TLSv1.3' })
    assert.equal(gist(newer), 'failed notYet old-protocol')
    assert.match(newer.sentence, /speaks TLSv1\.2; TLSv1\.3 expected/)
    assert.equal(gist(await askOnce(probe, { ...input, alpn: 'http/1.1' })), 'passed trusted')
    const h2 = await askOnce(probe, { ...input, alpn: ['h2'] })
    assert.equal(gist(h2), 'failed notYet wrong-protocol')
    const none = { ...input, port: await serve(test, shown), alpn: ['h2'] }
    assert.equal(gist(await askOnce(probe, none)), 'failed notYet wrong-protocol')
    const ancient = await serve(test, shown, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    const answer = await askOnce(probe, { ...input, port: ancient })
    assert.equal(gist(answer), 'failed notYet old-protocol')
  })

  it('waits until every address shows the same certificate', async (test) => {
    const authority = await makeCertificate(test, { isAuthority: true })
    const [first, second] = [
      await makeCertificate(test, { by: authority }),
      await makeCertificate(test, { by: authority }),
    ]
    const port = await serve(test, first)
    const input = { host: 'localhost', port, ca: authority.certificate, allAddresses: true }
    const alone = await askOnce(probe, input)
    assert.equal(gist(alone), 'failed notYet refused')
    assert.match(alone.sentence, /at ::1 was refused/)
    const other = createServer({ key: second.key, cert: second.certificate })
    other.listen(port, '::1')
    await once(other, 'listening')
    test.after(() => other.close())
    const different = await askOnce(probe, input)
    assert.equal(gist(different), 'failed notYet different-certificates')
    other.setSecureContext({ key: first.key, cert: first.certificate })
    const same = await askOnce(probe, input)
    assert.equal(gist(same), 'passed trusted')
    const fingerprint = String(same.evidence['fingerprint'])
    const pinned = { ...input, fingerprint: fingerprint.toLowerCase().replaceAll(':', '') }
    assert.equal(gist(await askOnce(probe, pinned)), 'passed trusted')
    const wrong = await askOnce(probe, { ...input, fingerprint: 'ab'.repeat(32) })
    assert.equal(gist(wrong), 'failed notYet wrong-fingerprint')
  })

  it('says not yet where nobody listens, no TLS is spoken, or the name is unknown', async (test) => {
    const refused = await askOnce(probe, { host: '127.0.0.1', port: await freePort() })
    assert.equal(gist(refused), 'failed notYet refused')
    const plain = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    plain.listen(0, '127.0.0.1')
    await once(plain, 'listening')
    test.after(() => plain.close())
    const { port } = plain.address() as AddressInfo
    assert.equal(gist(await askOnce(probe, { host: '127.0.0.1', port })), 'failed notYet no-tls')
    for (const allAddresses of [true, false]) {
      const unknown = await askOnce(probe, { host: 'nowhere.invalid', allAddresses })
      assert.match(gist(unknown), /^failed notYet (unknown-host|dns-unavailable)$/)
    }
  })

  it('settles at once when the handshake hangs, and leaves nothing open', async (test) => {
    const sockets: Socket[] = []
    const silent = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.resume()
      sockets.push(socket)
    })
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    test.after(() => silent.close())
    const { port } = silent.address() as AddressInfo
    const { settleMs, answer } = await settleMsAfterAbort(probe, { host: '127.0.0.1', port }, 50)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
    const [socket] = sockets
    if (socket !== undefined && !socket.closed) await once(socket, 'close')
  })

  it('errs when a template became no port or no fingerprint', async () => {
    for (const wrong of [{ port: 'https' }, { port: 0 }, { fingerprint: 'x' }]) {
      const answer = await askOnce(probe, { host: 'localhost', ...wrong })
      assert.equal(gist(answer), 'errored terminal malformed-input')
    }
  })
})
