/**
 * `Idempotency-Key`: whoever got no answer may ask again with the same key and the same body, and is
 * given the answer of the first time; nothing is done twice. A key belongs to whoever sent it. One whose
 * request failed on our side is not free at once: what was asked may have been done all the same.
 *
 * @source https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FaultCodeName } from '../core/fault/codes.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import type { App } from './app.ts'
import { HeldKey, type HeldKeyParts, KEYS, UNDER_WAY_MS } from './held-key.ts'
import { PROBLEM_TYPE } from './problem.ts'

/** How long an answer is kept. @unit ms */
const KEPT_MS = 24 * 60 * 60 * 1_000

/** Failures on our side of which it is known that nothing was done before them. */
const NOTHING_DONE: ReadonlySet<unknown> = new Set<FaultCodeName>([
  'settings-unreadable',
  'sign-in-unavailable',
])

/** Longer answers are not kept; the request is then refused when it is repeated. @unit characters */
const ANSWER_MAX = 1_000_000

/** Printable, and not long. */
const KEY = /^[\x21-\x7e]{1,200}$/

/** Their answers show a secret once, so they are kept nowhere. */
const SECRET: ReadonlySet<string> = new Set([
  '/v1/tokens',
  '/v1/webhooks',
  '/v1/auth/codes',
  '/v1/auth/device/token',
])

const UNSURE_HINT =
  'The first request with this key failed, and may have been carried out all the same: look for what ' +
  'it was to do. The key is free again half a minute after it failed.'

/** What is kept of a request, as JSON. */
type Kept =
  | { readonly print: string; readonly state: 'under-way' }
  /** It failed, and nobody knows how far it came before that. */
  | { readonly print: string; readonly state: 'unsure' }
  | {
      readonly print: string
      readonly state: 'done'
      readonly status: number
      readonly type: string
      readonly location: string
      /** Empty where it is not kept. */
      readonly body: string
    }

/** A request with a key. */
interface Attempt {
  readonly key: string
  readonly print: string
}

/** One that is being carried out for the first time. */
interface Held {
  readonly print: string
  readonly hold: HeldKey
}

/** Lets an app honour it. To be called before any route is added, and after whoever asks is known. */
export function honourKeys(app: App, parts: HeldKeyParts): void {
  const attempts = new Map<FastifyRequest, Held>()
  app.addHook('preHandler', async (request, reply) => {
    const sent = request.headers['idempotency-key']
    if (sent === undefined || request.method !== 'POST') return undefined
    // A key belongs to whoever sent it, and whoever is nobody yet would share theirs with everybody.
    if (request.identity === undefined) return undefined
    if (typeof sent !== 'string' || !KEY.test(sent)) throw malformedKey()
    const attempt = { key: keyOf(request, sent), print: printOf(request) }
    const begun = await begin(attempt, parts)
    if (!(begun instanceof HeldKey)) return await repeat(reply, begun, attempt)
    attempts.set(request, { print: attempt.print, hold: begun })
    return undefined
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const attempt = attempts.get(request)
    if (attempt === undefined) return payload
    attempts.delete(request)
    try {
      await settle({ ...attempt, request, reply, payload })
    } catch (error) {
      // What was done is done: its answer is given, though it cannot be given again.
      parts.onTrouble(error)
    }
    return payload
  })
  app.addHook('onClose', async () => {
    for (const { hold } of attempts.values()) hold.abandon()
  })
}

/** The key, held for this request; else what is known of an earlier one with it. */
async function begin({ key, print }: Attempt, parts: HeldKeyParts): Promise<HeldKey | Kept> {
  const underWay = { print, state: 'under-way' } as const
  try {
    return await HeldKey.take(parts, key, underWay)
  } catch (error) {
    if (!isFault(error, 'record-conflict')) throw error
    const kept = await parts.records.get(KEYS, key)
    return (kept?.value as Kept | undefined) ?? underWay
  }
}

async function repeat(reply: FastifyReply, known: Kept, { print }: Attempt): Promise<unknown> {
  if (known.print !== print) {
    throw refusal('key-reused', 'Another request was sent with this key before.')
  }
  if (known.state === 'under-way') {
    throw refusal('request-under-way', 'The first request with this key is being carried out.')
  }
  if (known.state === 'unsure') throw refusal('request-under-way', UNSURE_HINT)
  if (known.body === '') {
    throw refusal('key-reused', 'It was carried out already, and its answer is given only once.')
  }
  if (known.location !== '') void reply.header('location', known.location)
  void reply.header('idempotency-replayed', 'true').code(known.status).type(known.type)
  return await reply.serializer(String).send(known.body)
}

interface Settling extends Held {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly payload: unknown
}

/**
 * Keeps what was answered; what was refused may be tried again with the same key, and what failed only
 * after a while. Where even that cannot be kept, the key is for a while still that of a request under way.
 */
async function settle({ hold, print, request, reply, payload }: Settling): Promise<void> {
  if (isUnsure(reply, payload)) return await hold.settle({ print, state: 'unsure' }, UNDER_WAY_MS)
  if (reply.statusCode >= 300) return await hold.free()
  const isKept = typeof payload === 'string' && payload.length <= ANSWER_MAX
  const body = isKept && !SECRET.has(request.routeOptions.url ?? '') ? payload : ''
  const type = String(reply.getHeader('content-type') ?? '')
  const location = String(reply.getHeader('location') ?? '')
  const value = { print, state: 'done', status: reply.statusCode, type, location, body }
  await hold.settle(value, KEPT_MS)
}

/** Whether a request failed in such a way that what it asked for may have been done. */
function isUnsure(reply: FastifyReply, payload: unknown): boolean {
  if (reply.statusCode < 500) return false
  const isProblem = String(reply.getHeader('content-type')).startsWith(PROBLEM_TYPE)
  if (!isProblem || typeof payload !== 'string') return true
  return !NOTHING_DONE.has((JSON.parse(payload) as { readonly code?: unknown }).code)
}

function keyOf({ identity }: FastifyRequest, sent: string): string {
  return createHash('sha256')
    .update(`${identity?.name ?? ''}\n${sent}`)
    .digest('hex')
}

function printOf({ method, url, body }: FastifyRequest): string {
  const text = `${method} ${url}\n${JSON.stringify(body)}`
  return createHash('sha256').update(text).digest('hex')
}

function malformedKey(): Fault {
  return new Fault({
    code: 'request-malformed',
    operation: 'read the Idempotency-Key',
    subject: 'headers',
    hint: 'Idempotency-Key has 1 to 200 printable characters, for example a UUID.',
  })
}

function refusal(code: 'key-reused' | 'request-under-way', hint: string): Fault {
  return new Fault({ code, operation: 'carry out the request', subject: 'Idempotency-Key', hint })
}
