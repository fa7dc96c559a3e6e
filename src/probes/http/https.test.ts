import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { requirePart } from '../../../test/support/require-part.ts'
import { HttpProbe } from './http-probe.ts'

const probe = new HttpProbe()
const openssl = requirePart('openssl', hasOpenssl(), 'apt-get install openssl')

describe('the http probe over TLS', openssl, () => {
  it('trusts only whom it is told to trust', async (test) => {
    const { url, certificateFile, certificate } = await serve(test, 'localhost', 1)
    assert.equal(gist(await askOnce(probe, { url })), 'failed terminal untrusted-certificate')
    for (const ca of [certificateFile, certificate]) {
      assert.equal(gist(await askOnce(probe, { url, tls: { ca } })), 'passed answered')
    }
    assert.equal(gist(await askOnce(probe, { url, tls: { insecure: true } })), 'passed answered')
    const unreadable = await askOnce(probe, { url, tls: { ca: '/nowhere.pem' } })
    assert.equal(gist(unreadable), 'errored notYet authorities-unreadable')
  })

  it('is terminal for a certificate of another name, unless that name is asked for', async (test) => {
    const { url, certificate: ca } = await serve(test, 'elsewhere.example', 1)
    const wrong = await askOnce(probe, { url, tls: { ca } })
    assert.equal(gist(wrong), 'failed terminal wrong-certificate-name')
    const asked = await askOnce(probe, { url, tls: { ca, servername: 'elsewhere.example' } })
    assert.equal(gist(asked), 'passed answered')
  })

  it('is terminal for an expired certificate', async (test) => {
    const { url, certificate: ca } = await serve(test, 'localhost', -1)
    const expired = await askOnce(probe, { url, tls: { ca } })
    assert.equal(gist(expired), 'failed terminal expired-certificate')
  })

  it('says not yet where no TLS is spoken, and settles when the handshake hangs', async (test) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    const silent = createTcpServer((socket) => socket.on('error', () => undefined))
    const urls = []
    for (const one of [server, silent]) {
      one.listen(0, '127.0.0.1')
      await once(one, 'listening')
      test.after(() => one.close())
      urls.push(`https://127.0.0.1:${(one.address() as AddressInfo).port}/`)
    }
    const [plain = '', hanging = ''] = urls
    assert.equal(gist(await askOnce(probe, { url: plain })), 'failed notYet no-tls')
    const { settleMs, answer } = await settleMsAfterAbort(probe, { url: hanging }, 50)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
  })
})

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
}

/** A server with a certificate that it has signed itself, valid until `days` from now. */
async function serve(test: TestContext, name: string, days: number) {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-tls-'))
  test.after(() => rm(folder, { recursive: true }))
  const keyFile = join(folder, 'key.pem')
  const certificateFile = join(folder, 'certificate.pem')
  const requestFile = join(folder, 'request.pem')
  const extensionsFile = join(folder, 'extensions')
  await writeFile(extensionsFile, `subjectAltName=DNS:${name}\n`)
  execFileSync(
    'openssl',
    [
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', keyFile, '-out', requestFile, '-subj', `/CN=${name}`],
    ],
    { stdio: 'ignore' },
  )
  execFileSync(
    'openssl',
    [
      ...['x509', '-req', '-in', requestFile, '-signkey', keyFile, '-out', certificateFile],
      ...['-extfile', extensionsFile, '-days', String(days)],
    ],
    { stdio: 'ignore' },
  )
  const certificate = await readFile(certificateFile, 'utf8')
  const key = await readFile(keyFile, 'utf8')
  const server = createServer({ key, cert: certificate }, (_request, response) => response.end())
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => server.close())
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`
  return { url, certificate, certificateFile }
}
