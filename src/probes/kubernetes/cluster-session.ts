/**
 * Reads from the API server of a cluster, as whom the kubeconfig says. The client library knows how to
 * sign in (certificates, tokens, plug-ins); what is asked and how much is read is decided here. Only
 * ever asks by GET, over connections of its own that are gone when the asking is.
 */
import type { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher, request } from 'undici'
import type { JsonObject } from '../../core/units/json.ts'
import { orAborted } from '../connection/or-aborted.ts'
import { parseDocument } from '../document/parse-document.ts'

/** What one request found. */
export type Reading =
  | {
      readonly status: number
      /** Empty when the answer is not a JSON object. */
      readonly document: JsonObject
      /** What the API server's clock says. @unit ms */
      readonly nowMs: number | undefined
    }
  /** Why there is no answer; `CREDENTIALS` when nothing could be asked for want of them. */
  | { readonly failure: string; readonly why: string }

const BODY_BYTES_MAX = 8 * 1_048_576

/** Reads from one cluster as one user. */
export class ClusterSession {
  readonly #config: KubeConfig
  readonly #server: URL

  constructor(config: KubeConfig, server: URL) {
    this.#config = config
    this.#server = server
  }

  /** Reads a document; never rejects. */
  async read(path: string, signal: AbortSignal): Promise<Reading> {
    return await this.#ask(path, signal, async (answer) => {
      const text = await readText(answer)
      if (text === undefined)
        return { failure: 'TOO_LARGE', why: `more than ${BODY_BYTES_MAX} bytes` }
      const document = parseDocument(text)
      const isObject =
        document.parsed && typeof document.json === 'object' && !Array.isArray(document.json)
      const sentMs = Date.parse(String(answer.headers['date']))
      return {
        status: answer.statusCode,
        document: isObject ? ((document.json ?? {}) as JsonObject) : {},
        nowMs: Number.isNaN(sentMs) ? undefined : sentMs,
      }
    })
  }

  /** Calls back for every event of a watch until it ends; says why it ended. */
  async follow(path: string, signal: AbortSignal, heard: () => void): Promise<Reading> {
    return await this.#ask(path, signal, async (answer) => {
      const ended = { status: answer.statusCode, document: {}, nowMs: undefined }
      if (answer.statusCode !== 200) {
        answer.body.destroy()
        return ended
      }
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        // Each event is a line; what it says is asked anew.
        if (chunk.includes(0x0a)) heard()
      }
      return ended
    })
  }

  async #ask(
    path: string,
    signal: AbortSignal,
    take: (answer: Dispatcher.ResponseData) => Promise<Reading>,
  ): Promise<Reading> {
    let dispatcher: Dispatcher | undefined
    try {
      const signed = await orAborted(this.#signIn(path), signal)
      if ('failure' in signed) return signed
      dispatcher = signed.dispatcher
      const answer = await request(signed.url, {
        dispatcher,
        headers: signed.headers,
        headersTimeout: 0,
        bodyTimeout: 0,
        signal,
      })
      return await take(answer)
    } catch (thrown) {
      return failureOf(thrown, signal)
    } finally {
      await dispatcher?.destroy()
    }
  }

  async #signIn(path: string): Promise<Signed | Extract<Reading, { readonly failure: string }>> {
    const { HttpMethod, RequestContext } = await import('@kubernetes/client-node')
    const base = this.#server.href.replace(/\/$/, '')
    const context = new RequestContext(`${base}${path}`, HttpMethod.GET)
    try {
      await this.#config.applySecurityAuthentication(context)
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      return { failure: 'CREDENTIALS', why }
    }
    const headers = { ...context.getHeaders(), accept: 'application/json', 'user-agent': 'rampart' }
    const dispatcher = (context.getDispatcher() as Dispatcher | undefined) ?? new Agent()
    return { url: `${base}${path}`, headers, dispatcher }
  }
}

interface Signed {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly dispatcher: Dispatcher
}

async function readText({ body }: Dispatcher.ResponseData): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function failureOf(thrown: unknown, signal: AbortSignal): Reading {
  if (signal.aborted) return { failure: 'ABORTED', why: '' }
  if (!(thrown instanceof Error)) return { failure: 'UNKNOWN', why: String(thrown) }
  const code: unknown = 'code' in thrown ? thrown.code : undefined
  return { failure: typeof code === 'string' ? code : thrown.name, why: thrown.message }
}
