/**
 * HTTP to one server: over the daemon's Unix socket, or over the network with a token. It knows
 * requests, streams and how both fail; what they mean is the client's business.
 */
import { rootCertificates } from 'node:tls'
import { Pool } from 'undici'
import type { TlsFiles } from '../../certificates/tls-files.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import { faultOf } from '../problem.ts'
import { certifiedConnector } from './client-certificate.ts'

/** How long a stream may be silent; the daemon sends a heartbeat every ten seconds. @unit ms */
const SILENCE_MS = 60_000

type QueryValue = string | number | boolean

/** One request. */
export interface WireRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** A list is sent as so many members of the same name. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** A status above 399 that comes with an answer too, and not with a refusal. */
  readonly answersAlsoWith?: number
}

/** A server that is reached over the network. */
export interface RemoteServer {
  /** `https://rampart.example.org` or, on this machine, `http://127.0.0.1:7070`. */
  readonly url: string
  /** Says who asks. Never shown. */
  readonly token?: string
  /** Certificates (PEM) to trust besides the system's. */
  readonly ca?: string
  /** Also says who asks; read again for every connection. */
  readonly certificate?: TlsFiles
}

/** Speaks HTTP to one server. */
export class Transport {
  readonly #pool: Pool
  readonly #server: string
  readonly #isRemote: boolean
  readonly #known: Readonly<Record<string, string>>

  /** @param server the path of a Unix socket, or where to find it on the network */
  constructor(server: string | RemoteServer) {
    // A proof of everything (`ledger verify`) may take its time.
    const patience = { headersTimeout: 0, bodyTimeout: SILENCE_MS }
    this.#isRemote = typeof server !== 'string'
    if (typeof server === 'string') {
      this.#server = server
      this.#known = {}
      this.#pool = new Pool('http://rampart', { socketPath: server, ...patience })
      return
    }
    const { url, token } = server
    const { origin } = new URL(url)
    this.#server = origin
    this.#known = token === undefined ? {} : { authorization: `Bearer ${token}` }
    this.#pool = new Pool(origin, { ...patience, ...connecting(server) })
  }

  /** Sends a request and reads its JSON answer. */
  async json<Reply>(request: WireRequest): Promise<Reply> {
    const response = await this.#send(request)
    if (response.statusCode === 204) return undefined as Reply
    try {
      return (await response.body.json()) as Reply
    } catch (error) {
      throw this.lost(request.path, error)
    }
  }

  /** Sends a request and gives its answer piece by piece, as text. Ends quietly when aborted. */
  async *text(request: WireRequest): AsyncGenerator<string, void, undefined> {
    const decoder = new TextDecoder()
    try {
      const response = await this.#send(request)
      for await (const chunk of response.body) {
        yield decoder.decode(chunk as Uint8Array, { stream: true })
      }
    } catch (error) {
      if (request.signal?.aborted === true) return
      throw isFault(error) ? error : this.lost(request.path, error)
    }
  }

  /** The fault of a connection that broke, or was never made. */
  lost(path: string, cause?: unknown): Fault {
    const code = (cause as { code?: unknown } | undefined)?.code
    const isAbsent = code === 'ENOENT' || code === 'ECONNREFUSED'
    const operation = `ask the daemon for ${path}`
    const subject = this.#server
    if (this.#isRemote) {
      const hint = `The server cannot be reached: ${whyUnreachable(cause)}.`
      return new Fault({ code: 'daemon-lost', operation, subject, hint, cause })
    }
    return new Fault({
      code: isAbsent ? 'daemon-absent' : 'daemon-lost',
      operation,
      subject,
      hint: isAbsent
        ? 'No daemon is running for this workspace.'
        : 'The connection to the daemon broke; `rampart daemon status` says whether it is back.',
      cause,
    })
  }

  /** Drops every connection, those of streams included. Idempotent. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #send(request: WireRequest): ReturnType<Pool['request']> {
    const { method = 'GET', body, headers, signal } = request
    let response: Awaited<ReturnType<Pool['request']>>
    try {
      response = await this.#pool.request({
        method,
        path: pathOf(request),
        headers: { ...this.#known, ...headers, ...(body === undefined ? {} : JSON_BODY) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (error) {
      throw isFault(error) ? error : this.lost(request.path, error)
    }
    const { statusCode } = response
    if (statusCode < 400 || statusCode === request.answersAlsoWith) return response
    throw await this.#refused(request, response)
  }

  async #refused(
    request: WireRequest,
    response: Awaited<ReturnType<Pool['request']>>,
  ): Promise<Fault> {
    const operation = `ask the daemon for ${request.path}`
    const text = await response.body.text()
    try {
      return faultOf(JSON.parse(text), operation)
    } catch {
      // Not JSON: what answered was no daemon of ours, and the fault says just that.
      return faultOf({}, operation)
    }
  }
}

/** How connections are made: whom they trust, and what they show. */
function connecting({ ca, certificate }: RemoteServer): Pick<Pool.Options, 'connect'> {
  const trusted = ca === undefined ? undefined : [...rootCertificates, ca]
  if (certificate !== undefined) return { connect: certifiedConnector(certificate, trusted) }
  return trusted === undefined ? {} : { connect: { ca: trusted } }
}

/** In words for whoever wrote the address. */
function whyUnreachable(cause: unknown): string {
  if (!(cause instanceof Error)) return 'the connection ended before the answer did'
  const { code } = cause as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there'
    case 'ENOTFOUND':
      return 'there is no host of that name'
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return 'it does not speak TLS; where it has none its URL begins with http:'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `its certificate is signed by nobody who is trusted here (${code}); name who is by --ca`
    default: {
      const text = cause.message.trim().split('\n')[0] ?? ''
      return text === '' ? (code ?? cause.name) : text
    }
  }
}

const JSON_BODY = { 'content-type': 'application/json' }

function pathOf({ path, query }: WireRequest): string {
  const members = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    for (const one of [value].flat()) members.append(name, String(one))
  }
  return members.size === 0 ? path : `${path}?${members}`
}
