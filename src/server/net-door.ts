/**
 * The door to the network: TCP, with TLS or behind a proxy that has it. Whoever comes in by it must be
 * known by a token or a session. A client that dawdles is dropped before it holds anything up.
 */
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { readTls, type TlsFiles, type TlsMaterial } from '../certificates/tls-files.ts'
import { Fault } from '../core/fault/fault.ts'
import { printHostPort } from '../core/port/ip-text.ts'
import { PROBLEM_TYPE } from './problem.ts'
import { letGoOfStalled, type StallOptions } from './stalled-readers.ts'

/** Where to listen. */
export interface NetDoorOptions extends StallOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly tls?: TlsFiles
}

/** How long the headers of a request may take, and the whole of it. @unit ms */
const HEADERS_MS = 20_000
const REQUEST_MS = 60_000

/** How long a connection may be idle between two requests. @unit ms */
const IDLE_MS = 72_000

/** A door that is open. */
export interface NetDoor {
  /** As others may ask for it: `http://127.0.0.1:7070`. */
  readonly url: string
  readonly server: HttpServer
  /**
   * Reads its files again, for connections from now on. Where others vouch for clients than before, those
   * that have shown a certificate are dropped, to be judged anew when they come back.
   *
   * @throws certificate-unusable
   */
  renew(): void
  /** Takes no new connection. What is under way may end. */
  stop(): void
  /** Drops every connection. Idempotent. */
  close(): Promise<void>
}

/**
 * @throws address-unusable when it cannot be listened on
 * @throws certificate-unusable when its files of TLS cannot be used
 */
export async function openNetDoor(
  options: NetDoorOptions,
  listener: RequestListener,
): Promise<NetDoor> {
  const { host, port, tls } = options
  const patience = {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
  }
  const { server, renew } = makeServer(tls, patience, listener)
  server.on('clientError', refuse)
  letGoOfStalled(server, options)
  await listening(server, host, port)
  const bound = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${printHostPort(host, bound.port)}`,
    server,
    renew,
    stop: () => void server.close(),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

function makeServer(
  tls: TlsFiles | undefined,
  patience: object,
  listener: RequestListener,
): { readonly server: HttpServer; renew(): void } {
  if (tls === undefined) return { server: createServer(patience, listener), renew: () => undefined }
  let material = readDoorTls(tls)
  const server = createTlsServer(
    { ...patience, ...material, ...asking(material), minVersion: 'TLSv1.2' },
    listener,
  )
  const certified = certifiedSockets(server)
  const renew = (): void => {
    const { ca: before } = material
    material = readDoorTls(tls)
    server.setSecureContext({ ...material, minVersion: 'TLSv1.2' })
    if (material.ca === before) return
    for (const socket of certified) socket.destroy()
  }
  return { server, renew }
}

/**
 * What its files hold. One that has expired is used: clients say so, and a door that stays shut helps
 * nobody.
 *
 * @throws certificate-unusable
 */
export function readDoorTls(files: TlsFiles): TlsMaterial {
  return readTls(files, { operation: 'open the door to the network' })
}

/** The open connections whose client has shown a certificate. */
function certifiedSockets(server: TlsServer): ReadonlySet<TLSSocket> {
  const certified = new Set<TLSSocket>()
  server.on('secureConnection', (socket) => {
    if (socket.getPeerX509Certificate() === undefined) return
    certified.add(socket)
    socket.once('close', () => certified.delete(socket))
  })
  return certified
}

/** A certificate is asked for where somebody vouches for clients; who has none comes in without. */
function asking({ ca }: TlsMaterial): object {
  return ca === undefined ? {} : { requestCert: true, rejectUnauthorized: false }
}

function listening(server: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      const subject = `${host}:${port}`
      const hint = whyNot(error, host, port)
      reject(
        new Fault({ code: 'address-unusable', operation: 'listen', subject, hint, cause: error }),
      )
    }
    server.once('error', refused)
    server.listen({ host, port }, () => {
      server.off('error', refused)
      resolve()
    })
  })
}

function whyNot({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Another program listens at ${host}:${port}; \`rampart ports explain ${port}\` may say which.`
    case 'EACCES':
      return `Port ${port} is one that only root may listen on; take one from 1024 on.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host}.`
    case 'ENOTFOUND':
      return `There is no host called ${host}.`
    default:
      return `${host}:${port} cannot be listened on: ${message}.`
  }
}

/** Answers what is no HTTP; a connection that is gone is left alone. */
function refuse(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const [status, text] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'The headers are too long.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'The request did not come in time.']
        : ['400 Bad Request', 'This is no HTTP request.']
  const body = JSON.stringify({ title: text, status: Number(status.slice(0, 3)), detail: text })
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
