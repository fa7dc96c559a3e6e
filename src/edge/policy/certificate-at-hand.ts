/** A certificate of a client that trials may show, with the names by which contracts can mean it. */
import { X509Certificate } from 'node:crypto'
import { namesOf } from '../forwarder/client-certificate.ts'
import { readFrontTls } from '../forwarder/front-tls.ts'

/** Its files, and who it says that one is. */
export interface CertificateAtHand {
  readonly certificate: string
  readonly key: string
  readonly names: readonly string[]
}

/** @throws certificate-unusable when the files cannot be used */
export function certificateAtHand(
  files: { readonly certificate: string; readonly key: string },
  nowMs: number,
): CertificateAtHand {
  const { cert } = readFrontTls(files, nowMs)
  return { ...files, names: namesOf(new X509Certificate(cert).toLegacyObject()) }
}
