import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeCertificate, openssl } from '../../test/support/certificates.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { isFault } from '../core/fault/fault.ts'
import { readTls, type TlsFiles, tlsFilesState } from './tls-files.ts'

const DAY_MS = 86_400_000
const clock = new SystemClock()

function scratch(context: TestContext, name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-tls-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

function tear(pem: string): string {
  return pem.replace(/[A-Za-z0-9]{40}/, 'A'.repeat(40))
}

function complaint(tls: TlsFiles, nowMs: number | undefined = clock.nowMs()): string {
  try {
    readTls(tls, { operation: 'speak TLS', nowMs })
  } catch (error) {
    assert.ok(isFault(error, 'certificate-unusable'), String(error))
    return error.hint
  }
  return 'nothing'
}

test('every way in which files cannot be used is said, with the file', openssl, async (context) => {
  const authority = await makeCertificate(context, { isAuthority: true, commonName: 'Shop' })
  const own = await makeCertificate(context, { by: authority })
  const other = await makeCertificate(context)
  const old = await makeCertificate(context, { days: -1 })
  const good = { certificate: own.certificateFile, key: own.keyFile }
  const clientCa = authority.certificateFile
  const empty = scratch(context, 'empty.pem', 'nothing\n')
  const locked = join(empty, '../locked.pem')
  const damaged = scratch(context, 'damaged.pem', tear(authority.certificate))
  const words = ['pkey', '-in', own.keyFile, '-aes128', '-passout', 'pass:x', '-out', locked]
  execFileSync('openssl', words)
  const cases: readonly (readonly [TlsFiles, RegExp])[] = [
    [{ ...good, clientCa }, /^nothing$/],
    [
      { ...good, certificate: '/none.pem' },
      /^\/none\.pem: The certificate cannot .* no such file\./,
    ],
    [{ ...good, key: '/tmp' }, /^\/tmp: For the key a file is expected\.$/],
    [{ ...good, certificate: empty }, /empty\.pem: No certificate stands in it; PEM is expected\./],
    [{ ...good, key: empty }, /empty\.pem: No key stands in it; PEM is expected\.$/],
    [{ ...good, key: locked }, /locked\.pem: The key in it is encrypted/],
    [{ ...good, key: other.keyFile }, /key\.pem: It is not the key of the certificate in /],
    [{ certificate: old.certificateFile, key: old.keyFile }, /The certificate has expired on 20/],
    [{ ...good, clientCa: empty }, /empty\.pem: No certificate stands in it/],
    [{ ...good, clientCa: authority.keyFile }, /key\.pem: No certificate stands in it/],
    [{ ...good, clientCa: damaged }, /damaged\.pem: Certificate 1 of it is damaged: /],
    [
      { ...good, clientCa: own.certificateFile },
      /Certificate 1 of it \(CN=DNS:localhost\) is no authority: its basicConstraints lack CA:TRUE\.$/,
    ],
  ]
  for (const [tls, sentence] of cases) assert.match(complaint(tls), sentence)
  assert.match(complaint(good, clock.nowMs() - DAY_MS), /counts only from 20/)
  assert.match(complaint({ ...good, clientCa }, clock.nowMs() + 31 * DAY_MS), /has expired on/)
})

test(
  'authorities are taken without what else stands in their file, and dates are judged if asked',
  openssl,
  async (context) => {
    const one = await makeCertificate(context, { isAuthority: true, commonName: 'One' })
    const two = await makeCertificate(context, { isAuthority: true, commonName: 'Two' })
    const old = await makeCertificate(context, { days: -1 })
    const both = `# Ours\n${one.certificate}\n# Theirs\n${two.certificate}`
    const files = { certificate: old.certificateFile, key: old.keyFile }
    const clientCa = scratch(context, 'authorities.pem', both)
    const { ca, untilMs } = readTls({ ...files, clientCa }, { operation: 'speak TLS' })
    assert.equal(ca, `${one.certificate}${two.certificate}`.trim())
    assert.ok(untilMs < clock.nowMs())
  },
)

test(
  'files have another state as soon as one of them is another, or away',
  openssl,
  async (context) => {
    const { certificateFile: certificate, keyFile: key } = await makeCertificate(context)
    const clientCa = scratch(context, 'ca.pem', 'one')
    const states = [await tlsFilesState({ certificate, key, clientCa })]
    assert.equal(await tlsFilesState({ certificate, key, clientCa }), states[0])
    writeFileSync(clientCa, 'two')
    states.push(await tlsFilesState({ certificate, key, clientCa }))
    rmSync(clientCa)
    states.push(await tlsFilesState({ certificate, key, clientCa }))
    writeFileSync(clientCa, 'two')
    states.push(await tlsFilesState({ certificate, key, clientCa }))
    assert.equal(new Set(states).size, 4)
  },
)
