/** What the files hold that a front ends TLS with. */
import { readTls, type TlsMaterial } from '../../certificates/tls-files.ts'
import type { FrontTls } from '../../core/port/front-tls.ts'

/** Its clients would not believe a certificate that does not count now. @throws certificate-unusable */
export function readFrontTls(tls: FrontTls, nowMs: number): TlsMaterial {
  return readTls(tls, { operation: 'speak TLS', nowMs })
}
