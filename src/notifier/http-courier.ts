/**
 * Carries messages by HTTP. It follows no redirect, waits only so long, reads only so much of an answer,
 * and connects only where it may: judged by the address it connects to, after the name was looked up.
 */
import { lookup as lookupCallback } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import type { Agent } from 'undici'
import type { Courier, Parcel, Receipt } from '../seams/courier.ts'
import { Reach } from './reach.ts'

/** How long one attempt may take, from looking up the name to the head of the answer. @unit ms */
const TIMEOUT_MS = 10_000

/** How much of an answer is read, so that the connection can be used again. @unit bytes */
const ANSWER_MAX = 16_384

/** The longest that a receiver's wish to be left alone is heeded. @unit ms */
const WAIT_MAX_MS = 3_600_000

/** What it may do. */
export interface HttpCourierOptions {
  /** Networks that may be reached although they are private; `everything` for all. @default none */
  readonly mayReach?: readonly string[]
  /** @default 10000 @unit ms */
  readonly timeoutMs?: number
}

/** Posts to receivers. */
export class HttpCourier implements Courier {
  readonly #reach: Reach
  readonly #timeoutMs: number
  readonly #closing = new AbortController()
  #agent: Promise<Agent> | undefined

  constructor(options: HttpCourierOptions = {}) {
    this.#reach = new Reach(options.mayReach)
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  }

  async refusal(text: string): Promise<string | undefined> {
    const url = URL.parse(text)
    const malformed = complaintAbout(url)
    if (url === null || malformed !== undefined) return malformed
    const host = hostOf(url)
    if (isIP(host) !== 0) return this.#reach.may(host) ? undefined : privateText(host)
    try {
      const found = await lookup(host, { all: true })
      const refused = found.find(({ address }) => !this.#reach.may(address))
      return refused === undefined ? undefined : privateText(host)
    } catch {
      // It may be known later; whoever delivers then will see.
      return undefined
    }
  }

  async deliver({ url: text, headers, body }: Parcel): Promise<Receipt> {
    const url = URL.parse(text)
    const malformed = complaintAbout(url)
    if (url === null || malformed !== undefined) return refused(malformed ?? '')
    const host = hostOf(url)
    if (isIP(host) !== 0 && !this.#reach.may(host)) return refused(privateText(host))
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#timeoutMs)])
    try {
      const { request } = await import('undici')
      const dispatcher = await this.#open()
      const options = { method: 'POST', headers, body, signal, dispatcher } as const
      const response = await request(url, options)
      // What it says does not matter; what it answers with has been told already.
      await response.body.dump({ limit: ANSWER_MAX, signal }).catch(() => undefined)
      return receiptOf(response.statusCode, response.headers['retry-after'])
    } catch (error) {
      return refused(sentenceOf(error, this.#timeoutMs))
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const agent = await this.#agent
    await agent?.destroy()
  }

  #open(): Promise<Agent> {
    this.#agent ??= import('undici').then(
      ({ Agent }) =>
        new Agent({
          // Several receivers may share a host; one that hangs must not hold up the others.
          connections: 64,
          connect: { lookup: this.#lookup, timeout: this.#timeoutMs },
          headersTimeout: this.#timeoutMs,
          bodyTimeout: this.#timeoutMs,
          maxHeaderSize: ANSWER_MAX,
        }),
    )
    return this.#agent
  }

  /** Looks a name up and refuses it when any of its addresses may not be reached. */
  readonly #lookup: LookupFunction = (hostname, options, done) => {
    lookupCallback(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, [])
      if (addresses.some(({ address }) => !this.#reach.may(address))) {
        return done(Object.assign(new Unreachable(privateText(hostname)), { code: 'EACCES' }), [])
      }
      if (options.all === true) return done(null, addresses)
      const [first] = addresses
      return done(null, first?.address ?? '', first?.family ?? 4)
    })
  }
}

/** That an address may not be reached; never leaves this file. */
class Unreachable extends Error {}

function complaintAbout(url: URL | null): string | undefined {
  if (url === null) return 'Its address is no URL.'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Its address is not of HTTP.'
  if (url.username !== '' || url.password !== '')
    return 'Its address holds a name or a password; leave them out.'
  return undefined
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

function privateText(host: string): string {
  return `${host} is an address that webhooks may not reach from here.`
}

function receiptOf(status: number, retryAfter: string | string[] | undefined): Receipt {
  if (status >= 200 && status < 300) return { verdict: 'accepted' }
  const isRedirect = status >= 300 && status < 400
  const sentence = isRedirect
    ? `It was answered with a redirect (${status}), which is not followed.`
    : `It was answered with ${status}.`
  const seconds = Number(retryAfter)
  const waitMs = Math.min(seconds * 1_000, WAIT_MAX_MS)
  const wait = Number.isFinite(seconds) && seconds > 0 ? { waitMs } : {}
  return { verdict: 'refused', sentence, isFinal: status === 410, ...wait }
}

function refused(sentence: string): Receipt {
  return { verdict: 'refused', sentence, isFinal: false }
}

/** Never the message of the error, which may hold the address. */
function sentenceOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Unreachable) return error.message
  const { code, name } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError' || code?.endsWith('_TIMEOUT') === true) {
    return `There was no answer within ${timeoutMs / 1_000} s.`
  }
  return `There was no answer (${code ?? name}).`
}
