/** Certificates for tests, made by openssl: an authority, and what it signs. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type PartOptions, requirePart } from './require-part.ts'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: string
  readonly certificateFile: string
  readonly key: string
  readonly keyFile: string
}

/** What a certificate is made with. */
export interface CertificateOptions {
  /** As in subjectAltName: `DNS:localhost`, `IP:127.0.0.1`. @default DNS:localhost */
  readonly names?: readonly string[]
  /** Whether it may sign others. @default false */
  readonly isAuthority?: boolean
  /** From now; a negative number makes one that has expired. @default 30 */
  readonly days?: number
  /** Who signs it; by default it signs itself. */
  readonly by?: Certificate
}

/** Options for tests that need openssl. */
export const openssl: PartOptions = requirePart('openssl', hasOpenssl(), 'apt-get install openssl')

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
}

/** Makes a certificate. Its files are removed after the test. */
export async function makeCertificate(
  test: TestContext,
  options: CertificateOptions = {},
): Promise<Certificate> {
  const { names = ['DNS:localhost'], days = 30, by, isAuthority = false } = options
  const folder = await mkdtemp(join(tmpdir(), 'rampart-certificate-'))
  test.after(() => rm(folder, { recursive: true }))
  const keyFile = join(folder, 'key.pem')
  const certificateFile = join(folder, 'certificate.pem')
  const requestFile = join(folder, 'request.pem')
  const extensionsFile = join(folder, 'extensions')
  const constraints = isAuthority ? 'basicConstraints=critical,CA:TRUE\n' : ''
  await writeFile(extensionsFile, `${constraints}subjectAltName=${names.join(',')}\n`)
  run([
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', keyFile, '-out', requestFile, '-subj', `/CN=${names[0] ?? ''}`],
  ])
  const signer =
    by === undefined
      ? ['-signkey', keyFile]
      : ['-CA', by.certificateFile, '-CAkey', by.keyFile, '-CAcreateserial']
  run([
    ...['x509', '-req', '-in', requestFile, ...signer, '-out', certificateFile],
    ...['-extfile', extensionsFile, '-days', String(days)],
  ])
  return {
    certificate: await readFile(certificateFile, 'utf8'),
    certificateFile,
    key: await readFile(keyFile, 'utf8'),
    keyFile,
  }
}

function run(words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'ignore' })
}
