/**
 * The TLS of a front: with which files and rules its servers end it, who may take how long for it, and
 * what is done when the files change. A change concerns connections from then on; files that cannot be
 * used leave what was there as it is. One that began with such files is shut, and opens once they are good.
 */
import { constants } from 'node:crypto'
import type { Server, Socket } from 'node:net'
import type { SecureContextOptions, TLSSocket, TlsOptions, Server as TlsServer } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import { type TlsMaterial, tlsFilesState } from '../../certificates/tls-files.ts'
import { present } from '../../core/fault/assert.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { FrontTls } from '../../core/port/front-tls.ts'
import { readFrontTls } from './front-tls.ts'
import { speakOn } from './join-sockets.ts'

/** How long a client may take to agree on TLS. @unit ms */
const HANDSHAKE_MS = 10_000

/** How many may be about to at once; of more, whoever has taken longest is let go. */
const HANDSHAKES_MAX = 1_024

/** How often the files are looked at. @unit ms */
const LOOK_MS = 1_000

/** What it is made with. */
export interface TlsDoorOptions {
  readonly mode: 'tcp' | 'http'
  /** @unit ms since 1970 */
  readonly nowMs: () => number
  /** Is told of each client that did not finish, and why. */
  readonly onRefused: (sentence: string) => void
  /** Is told, once each, of what is wrong with the files, and when that is over. */
  readonly onTrouble: (sentence: string) => void
  /** Lets clients in from now on: the files of one that was shut are good. It is asked again if it fails. */
  readonly open?: () => Promise<void>
  /** @default 10 s */
  readonly handshakeMs?: number
  /** @default 1024 */
  readonly handshakesMax?: number
}

/** The TLS of one front. */
export class TlsDoor {
  readonly #options: TlsDoorOptions
  readonly #servers: TlsServer[] = []
  /** Those who have not agreed yet, by where they come from; the one who has taken longest first. */
  readonly #pending = new Map<string, Socket>()
  readonly #timer: NodeJS.Timeout
  #tls: FrontTls
  /** Of the files when they were last read; undefined: not looked at since. */
  #state: string | undefined
  #looking: Promise<void> | undefined
  /** Absent until the files were good once. */
  #material: TlsMaterial | undefined
  #isShut = false
  /** Of the certificate of which that was told; undefined: of none. */
  #expiredAtMs: number | undefined
  #trouble: string | undefined

  constructor(tls: FrontTls, options: TlsDoorOptions) {
    this.#options = options
    this.#tls = tls
    try {
      this.#material = readFrontTls(tls, options.nowMs())
    } catch (error) {
      if (!isFault(error, 'certificate-unusable')) throw error
      this.#isShut = true
      this.#trouble = shutBecause(error)
    }
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref()
  }

  /** Whether nobody can be let in, since its files were never good. */
  get isShut(): boolean {
    return this.#isShut
  }

  /** What is wrong with the files now; undefined: nothing. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** With what a server ends TLS; not before its files are good. */
  serverOptions(): TlsOptions {
    const { mode, handshakeMs = HANDSHAKE_MS } = this.#options
    return {
      ...contextOf(present(this.#material, 'a door that is shut has no server')),
      // Who shows none, or a bad one, may still be let in as whom the kernel or a token says it is.
      requestCert: this.#tls.clientCa !== undefined,
      rejectUnauthorized: false,
      handshakeTimeout: handshakeMs,
      ...(mode === 'http' ? { ALPNProtocols: ['http/1.1'] } : {}),
    }
  }

  /** From now on a server that was made with these options is kept as they are. */
  guard(server: Server): void {
    const secure = server as TlsServer
    this.#servers.push(secure)
    secure.prependListener('connection', (socket: Socket) => this.#begin(socket))
    secure.prependListener('secureConnection', (socket: TLSSocket) => this.#settle(socket))
    secure.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      this.#settle(socket)
      const why = whyNot(error)
      const { remoteAddress, remotePort } = socket
      // Node leaves that to whoever is told of it.
      socket.destroy()
      if (why === undefined || remoteAddress === undefined) return
      const who = `${remoteAddress}:${remotePort}`
      this.#options.onRefused(`A client at ${who} could not agree on TLS: ${why}.`)
    })
  }

  /** Other files from now on. @throws certificate-unusable, and leaves it as it was */
  become(tls: FrontTls): void {
    this.#take(readFrontTls(tls, this.#options.nowMs()))
    this.#tls = tls
    this.#state = undefined
    // One that is shut opens at its next look.
    if (!this.#isShut) this.#trouble = undefined
  }

  /** Looks whether the files have changed, as it does by itself every second. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    const tls = this.#tls
    const state = await tlsFilesState(tls)
    // Files are replaced one after the other: what does not fit together now may in a moment.
    if (state !== this.#state && tls === this.#tls) await this.#renew(state)
    this.#tellOfExpiry()
  }

  /** Once, whatever else is wrong with the files from then on. */
  #tellOfExpiry(): void {
    const { untilMs = Number.POSITIVE_INFINITY } = this.#material ?? {}
    if (untilMs >= this.#options.nowMs() || untilMs === this.#expiredAtMs) return
    this.#expiredAtMs = untilMs
    this.#say(`Its certificate has expired on ${new Date(untilMs).toISOString()}.`)
  }

  async #renew(state: string): Promise<void> {
    try {
      const material = readFrontTls(this.#tls, this.#options.nowMs())
      const isAsBefore = isDeepStrictEqual(material, this.#material)
      const hadTrouble = this.#trouble !== undefined
      this.#take(material)
      if (this.#isShut) await this.#options.open?.()
      this.#isShut = false
      this.#state = state
      this.#trouble = undefined
      if (isAsBefore && !hadTrouble) return
      this.#options.onTrouble('Its TLS is that of the files as they are now.')
    } catch (error) {
      this.#say(this.#isShut ? shutBecause(error) : keptBecause(error))
    }
  }

  close(): void {
    clearInterval(this.#timer)
    for (const socket of this.#pending.values()) socket.destroy()
  }

  #take(material: TlsMaterial): void {
    this.#material = material
    for (const server of this.#servers) server.setSecureContext(contextOf(material))
  }

  #say(sentence: string): void {
    if (sentence === this.#trouble) return
    this.#trouble = sentence
    this.#options.onTrouble(sentence)
  }

  #begin(socket: Socket): void {
    const { handshakesMax = HANDSHAKES_MAX } = this.#options
    const [longest] = this.#pending.size >= handshakesMax ? this.#pending : []
    if (longest !== undefined) {
      this.#pending.delete(longest[0])
      longest[1].destroy()
    }
    const from = endOf(socket)
    this.#pending.set(from, socket)
    socket.once('close', () => {
      if (this.#pending.get(from) === socket) this.#pending.delete(from)
    })
  }

  #settle(socket: TLSSocket): void {
    const from = endOf(socket)
    const below = this.#pending.get(from)
    if (below !== undefined) speakOn(socket, below)
    this.#pending.delete(from)
  }
}

function shutBecause(error: unknown): string {
  return `It lets nobody in until its files can be used. ${whyUnusable(error)}`
}

function keptBecause(error: unknown): string {
  return `Its TLS is as it was: its files have changed and cannot be used. ${whyUnusable(error)}`
}

function whyUnusable(error: unknown): string {
  return isFault(error) ? error.hint : String(error)
}

function endOf({ remoteAddress = '', remotePort = 0, localAddress = '' }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`
}

function contextOf({ cert, key, ca }: TlsMaterial): SecureContextOptions {
  // Who resumes a session is not asked anew, and would be believed by authorities of the day before.
  const { SSL_OP_NO_RENEGOTIATION: once, SSL_OP_NO_TICKET: anew } = constants
  const shared = { cert, key, minVersion: 'TLSv1.2' } as const
  return ca === undefined
    ? { ...shared, secureOptions: once }
    : { ...shared, ca, secureOptions: once | anew }
}

/** Undefined: it went of its own accord. */
function whyNot({ code = '', message }: NodeJS.ErrnoException): string | undefined {
  if (code === 'ECONNRESET') return undefined
  return WHY.get(code) ?? (code === '' ? message : code)
}

const DISBELIEVED = 'it does not believe the certificate of the front'

const WHY: ReadonlyMap<string, string> = new Map([
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'it took too long'],
  ['ERR_SSL_HTTP_REQUEST', 'it spoke HTTP without TLS'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'it knows TLS before 1.2 alone'],
  ['ERR_SSL_NO_APPLICATION_PROTOCOL', 'it does not speak HTTP/1.1'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', DISBELIEVED],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', DISBELIEVED],
  ['ERR_SSL_SSL/TLS_ALERT_UNKNOWN_CA', DISBELIEVED],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', DISBELIEVED],
])
