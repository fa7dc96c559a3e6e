/**
 * The certificate by which a client is known, read anew for every connection: a renewed one is used
 * without a restart. Connections are made with what the files hold in that moment, never with less.
 */
import { buildConnector } from 'undici'
import { readTls, type TlsFiles, type TlsMaterial } from '../../certificates/tls-files.ts'
import type { Fault } from '../../core/fault/fault.ts'

/** @throws certificate-unusable */
export function readClientCertificate(files: TlsFiles): Pick<TlsMaterial, 'cert' | 'key'> {
  // Whether it counts today is for the server to say, by its own clock.
  const { cert, key } = readTls(files, { operation: 'read the certificate of the agent' })
  return { cert, key }
}

/**
 * Opens connections that show it. No session is taken up again, so that each shows what is there now.
 *
 * @param ca certificates (PEM) to trust; absent: the system's
 */
export function certifiedConnector(
  files: TlsFiles,
  ca?: readonly string[],
): buildConnector.connector {
  const trusted = ca === undefined ? {} : { ca: [...ca] }
  return (options, callback) => {
    let certificate: ReturnType<typeof readClientCertificate>
    try {
      certificate = readClientCertificate(files)
    } catch (error) {
      callback(error as Fault, null)
      return
    }
    buildConnector({ ...trusted, ...certificate, maxCachedSessions: 0 })(options, callback)
  }
}
