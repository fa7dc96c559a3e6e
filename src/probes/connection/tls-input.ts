/** How a certificate is judged, as probes that speak TLS read it from their input's member `tls`. */
import type { InputReader } from '../input/input-reader.ts'

/** How the other side's certificate is judged. */
export interface TlsInput {
  /** Certificates to trust: PEM text, or the path of a file that holds it. */
  readonly ca: string | undefined
  /** Name that the certificate must carry; by default the URL's. */
  readonly servername: string | undefined
  /** Accept any certificate. @default false */
  readonly insecure: boolean
}

/** Reads the member `tls`; what is wrong with it is kept by the reader. */
export function readTlsInput(reader: InputReader): TlsInput {
  const tls = reader.object('tls')
  const input = {
    ca: tls?.optionalText('ca'),
    servername: tls?.optionalText('servername'),
    insecure: tls?.flag('insecure', false) ?? false,
  }
  if (tls?.mistake !== undefined) reader.refuse(`tls: ${tls.mistake}`)
  return input
}
