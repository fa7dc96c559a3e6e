/** Speaks TLS over an open connection, and judges the other side's certificate while doing so. */
import { isIP, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { readAuthorities } from './read-authorities.ts'
import type { TlsInput } from './tls-input.ts'

/** A socket that speaks TLS, or why there is none. */
export type SecureConnection = { readonly socket: TLSSocket } | { readonly failure: string }

/** What is to be secured. */
export interface SocketToSecure {
  readonly socket: Socket
  /** The name in the URL. */
  readonly host: string
  readonly tls: TlsInput
  /** What will be spoken, by the names of ALPN; none are offered by default. */
  readonly protocols?: readonly string[]
  readonly signal: AbortSignal
}

/** Shakes hands. When it fails, the socket is closed. Settles at once when the signal aborts. */
export async function secureConnection(toSecure: SocketToSecure): Promise<SecureConnection> {
  const { socket, host, tls, protocols, signal } = toSecure
  const drop = (): unknown => socket.destroy()
  socket.on('error', drop)
  const ca = await readAuthorities(tls.ca)
  if (ca === 'unreadable') {
    drop()
    return { failure: 'CA_UNREADABLE' }
  }
  const name = tls.servername ?? host.replace(/^\[(.*)\]$/, '$1')
  const secured = connect({
    socket,
    rejectUnauthorized: !tls.insecure,
    ...(protocols === undefined ? {} : { ALPNProtocols: [...protocols] }),
    // An address may not be sent as a server name (RFC 6066), but the certificate must carry it.
    ...(isIP(name) === 0 ? { servername: name } : { host: name }),
    ...(ca === undefined ? {} : { ca }),
  })
  return await new Promise((resolve) => {
    const settle = (connection: SecureConnection): void => {
      signal.removeEventListener('abort', abort)
      if ('failure' in connection) {
        secured.on('error', drop)
        secured.destroy()
        drop()
      }
      resolve(connection)
    }
    const abort = (): void => settle({ failure: 'ABORTED' })
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    secured.once('secureConnect', () => settle({ socket: secured }))
    secured.once('error', (error) => settle({ failure: codeOf(error) }))
  })
}

function codeOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'EPROTO'
}
