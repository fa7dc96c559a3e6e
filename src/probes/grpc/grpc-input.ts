/** The input of the `grpc` probe, its templates resolved. */
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import type { InputReader } from '../input/input-reader.ts'

/** Whom to ask, and about which service. */
export interface GrpcInput {
  /** Without brackets. */
  readonly host: string
  readonly port: number
  /** Empty: the server as a whole. */
  readonly service: string
  readonly metadata: Readonly<Record<string, string>>
  /** Absent: TLS is not spoken. */
  readonly tls: TlsInput | undefined
}

const ADDRESS = /^(?:\[([^\]\s]+)\]|([^:\s[\]]+)):(\d{1,5})$/

/** Reads the input; what is wrong with it is kept by the reader. */
export function readGrpcInput(reader: InputReader): GrpcInput {
  const destination = reader.has('address')
    ? readAddress(reader)
    : { host: bareHost(reader.text('host')), port: reader.whole('port', undefined) }
  if (destination.port < 1 || destination.port > 65_535) {
    reader.refuse(`the port must be from 1 to 65535, and is ${destination.port}.`)
  }
  return {
    ...destination,
    service: reader.optionalText('service') ?? '',
    metadata: readMetadata(reader),
    tls: reader.has('tls') ? readTlsInput(reader) : undefined,
  }
}

function readAddress(reader: InputReader): { readonly host: string; readonly port: number } {
  const address = reader.text('address')
  const [, bracketed, bare, port] = ADDRESS.exec(address) ?? []
  const host = bracketed ?? bare
  if (host === undefined) reader.refuse(`the address must be host:port, and is ${address}.`)
  return { host: host ?? '', port: Number(port ?? 0) }
}

function readMetadata(reader: InputReader): Readonly<Record<string, string>> {
  const metadata = reader.textMap('metadata')
  for (const [name, value] of Object.entries(metadata)) {
    // The value is not shown, because it may be a token.
    if (!/^[\x20-\x7e]*$/.test(value)) reader.refuse(`\`metadata.${name}\` must be plain ASCII.`)
  }
  return metadata
}

function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}
