/** Certificates for tests, made by openssl: an authority, and what it signs. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { TlsFiles } from '../../src/certificates/tls-files.ts'
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
  /** When it begins to count, from now; only for one that is signed by another. @default 0 */
  readonly sinceDays?: number
  /** What it may be used for: `serverAuth`. @default everything */
  readonly usage?: string
  /** Whose it is. @default the first of its names */
  readonly commonName?: string
  /** Who signs it; by default it signs itself. */
  readonly by?: Certificate
}

/** Where a certificate and its key are. */
export function tlsFiles({
  certificateFile,
  keyFile,
}: Pick<Certificate, 'certificateFile' | 'keyFile'>): TlsFiles {
  return { certificate: certificateFile, key: keyFile }
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
  const { names = ['DNS:localhost'], isAuthority = false } = options
  const { commonName = names[0] ?? '', usage } = options
  const folder = await mkdtemp(join(tmpdir(), 'rampart-certificate-'))
  test.after(() => rm(folder, { recursive: true }))
  const keyFile = join(folder, 'key.pem')
  const certificateFile = join(folder, 'certificate.pem')
  const requestFile = join(folder, 'request.pem')
  const extensionsFile = join(folder, 'extensions')
  const constraints = isAuthority ? 'basicConstraints=critical,CA:TRUE\n' : ''
  const usages = usage === undefined ? '' : `extendedKeyUsage=${usage}\n`
  await writeFile(extensionsFile, `${constraints}${usages}subjectAltName=${names.join(',')}\n`)
  run([
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', keyFile, '-out', requestFile, '-subj', `/CN=${commonName}`],
  ])
  const files = ['-in', requestFile, '-out', certificateFile, '-extfile', extensionsFile]
  await sign(folder, files, options)
  return {
    certificate: await readFile(certificateFile, 'utf8'),
    certificateFile,
    key: await readFile(keyFile, 'utf8'),
    keyFile,
  }
}

async function sign(
  folder: string,
  files: readonly string[],
  { by, days = 30, sinceDays = 0 }: CertificateOptions,
): Promise<void> {
  if (by === undefined || sinceDays === 0) {
    const self = ['-signkey', join(folder, 'key.pem')]
    const other = by && ['-CA', by.certificateFile, '-CAkey', by.keyFile, '-CAcreateserial']
    return run(['x509', '-req', ...files, ...(other ?? self), '-days', String(days)])
  }
  // Only `openssl ca` signs what counts from another time on than now; it keeps books about it.
  const books = [
    `[ca]\ndefault_ca = own\n[own]\nnew_certs_dir = ${folder}\ndatabase = ${folder}/index`,
    `serial = ${folder}/serial\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n`,
  ]
  await writeFile(join(folder, 'books'), books.join('\n'))
  await writeFile(join(folder, 'index'), '')
  await writeFile(join(folder, 'serial'), '01\n')
  run([
    ...['ca', '-batch', '-notext', '-config', join(folder, 'books'), ...files],
    ...['-cert', by.certificateFile, '-keyfile', by.keyFile],
    ...['-startdate', asn1Date(sinceDays), '-enddate', asn1Date(sinceDays + days)],
  ])
}

/** A day from now, as openssl takes it: `20261121120000Z`. */
function asn1Date(days: number): string {
  const text = new Date(Date.now() + days * 86_400_000).toISOString()
  return text.replaceAll(/[-:T]|\.\d+/g, '')
}

function run(words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'ignore' })
}
