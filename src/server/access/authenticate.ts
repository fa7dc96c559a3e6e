/**
 * Who sends a request: the owner through the Unix socket, else whoever a bearer token or a session
 * names. It looks at headers alone, before any body is read, and never logs or quotes one.
 */
import type { FastifyRequest } from 'fastify'
import { Fault } from '../../core/fault/fault.ts'
import type { AgentCertificates } from './agent-certificates.ts'
import { cookieName, readCookie } from './cookies.ts'
import { type Identity, localIdentity } from './identity.ts'
import type { LocalDoor } from './local-door.ts'
import type { People } from './people.ts'
import type { Refusals } from './refusals.ts'
import { isEqualSecret } from './secret.ts'
import type { Sessions } from './sessions.ts'
import type { KeptToken, Recognised, TokenStore } from './token-store.ts'
import type { Turnstile } from './turnstile.ts'

/** By what people and machines are known. */
export interface Knowledge {
  readonly localDoor: LocalDoor
  readonly localUser: string
  readonly tokens: TokenStore
  readonly sessions: Sessions
  readonly people: People
  readonly refusals: Refusals
  /** What agents must show beside their token. */
  readonly certificates: AgentCertificates
  /** By which whoever is not known yet is looked up. */
  readonly turnstile: Turnstile
  /** The origin that browsers know the server by; absent: the one they ask for. */
  readonly publicOrigin?: string | undefined
}

/** Methods that change nothing. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Who sends it; undefined when nothing was sent to be known by.
 *
 * @throws unauthenticated when what was sent is worth nothing
 * @throws too-many-requests when too many come who are not known
 * @throws certificate-missing, certificate-untrusted, certificate-foreign when it is an agent without
 * the certificate that its token needs
 */
export async function authenticate(
  knowledge: Knowledge,
  request: FastifyRequest,
): Promise<Identity | undefined> {
  const { localDoor, localUser, certificates } = knowledge
  const { socket } = request.raw
  if (localDoor.has(socket)) return localIdentity(localUser)
  const identity = await identify(knowledge, request)
  return identity && (await certificates.admit(identity, socket))
}

async function identify(
  knowledge: Knowledge,
  request: FastifyRequest,
): Promise<Identity | undefined> {
  const { turnstile } = knowledge
  const { authorization } = request.headers
  const { ip: address } = request
  if (authorization !== undefined) {
    const coming = { secret: authorization, address }
    return await turnstile.pass(coming, () => byToken(knowledge, authorization))
  }
  const cookie = cookieName('session', originOf(knowledge, request))
  const secret = readCookie(request.headers.cookie, cookie)
  if (secret === undefined) return undefined
  return await turnstile.pass({ secret, address }, () => bySession(knowledge, secret))
}

/** Whether browsers reach the server by TLS. */
export function isSecure(
  knowledge: Pick<Knowledge, 'publicOrigin'>,
  request: FastifyRequest,
): boolean {
  return originOf(knowledge, request).startsWith('https:')
}

/** The origin of our own pages. */
export function originOf(
  { publicOrigin }: Pick<Knowledge, 'publicOrigin'>,
  request: FastifyRequest,
): string {
  return publicOrigin ?? `${request.protocol}://${request.host}`
}

/** Asserts that a change by a session comes from our own pages. */
export function assertOwnPage(
  knowledge: Pick<Knowledge, 'publicOrigin'>,
  request: FastifyRequest,
  sentToken: unknown,
): void {
  assertOwnOrigin(knowledge, request)
  const expected = request.identity?.csrfToken
  if (
    expected === undefined ||
    typeof sentToken !== 'string' ||
    !isEqualSecret(expected, sentToken)
  ) {
    throw forged('A session must send x-csrf-token with every change, as GET /v1/me tells it.')
  }
}

/** Asserts that a request was not made by a page of another origin; programs that are none say nothing. */
export function assertOwnOrigin(
  knowledge: Pick<Knowledge, 'publicOrigin'>,
  request: FastifyRequest,
): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  const isOwn = origin === undefined || origin === originOf(knowledge, request)
  if (isOwn && (site === undefined || site === 'same-origin')) return
  throw forged('The change was asked for by a page of another origin.')
}

/** Whether a request may change something. */
export function isChange({ method }: FastifyRequest): boolean {
  return !SAFE.has(method)
}

async function byToken(knowledge: Knowledge, authorization: string): Promise<Identity> {
  const [, text = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  return await identityOf(knowledge, await knowledge.tokens.recognise(text))
}

/** Who a token is, as things stand now. */
export async function identityOf(
  { tokens, people, refusals }: Knowledge,
  recognised: Recognised,
): Promise<Identity> {
  if (recognised.is === 'refused') {
    await noteRefusal({ refusals }, recognised)
    throw unauthenticated(WHY[recognised.why])
  }
  const { id: tokenId, token } = recognised
  await tokens.touch(tokenId, token)
  if (token.person === undefined) return { ...machineIdentity(token), tokenId }
  return { ...(await people.identity(token.person)), by: 'token', tokenId }
}

/** Notes that somebody came with what is worth nothing any more, where that matters. */
export async function noteRefusal(
  { refusals }: Pick<Knowledge, 'refusals'>,
  { why, name }: Extract<Recognised, { is: 'refused' }>,
): Promise<void> {
  // Whoever still has a token that was taken away may be a thief; what has expired is forgetfulness.
  if (why !== 'revoked' || name === undefined) return
  await refusals.note('token.refused', name, `Somebody came with a revoked token of ${name}.`)
}

function machineIdentity({ name, grants, behind }: KeptToken): Identity {
  const isAgent = grants.length > 0 && grants.every(({ role }) => role === 'agent')
  const kind = isAgent ? 'agent' : 'machine'
  return { name: `token:${name}`, kind, grants, behind, groups: [], by: 'token' }
}

async function bySession(knowledge: Knowledge, secret: string): Promise<Identity> {
  const { sessions, people, tokens } = knowledge
  const session = await sessions.find(secret)
  if (session === undefined) throw unauthenticated('The session has ended; sign in again.')
  const { key: sessionKey, csrfToken, owner } = session
  const identity =
    owner.is === 'person'
      ? await people.identity(owner.name)
      : await identityOf(knowledge, await tokens.recall(owner.id))
  return { ...identity, by: 'session', sessionKey, csrfToken }
}

const WHY = {
  malformed: 'What was sent is no token of Rampart; a token begins with rmp_.',
  unknown: 'Nobody is known by that token.',
  expired: 'The token has expired.',
  revoked: 'The token was revoked.',
} as const

/** That nobody is known by what was sent. */
export function unauthenticated(hint: string): Fault {
  return new Fault({ code: 'unauthenticated', operation: 'ask the server', subject: 'you', hint })
}

function forged(hint: string): Fault {
  return new Fault({ code: 'forbidden', operation: 'ask the server', subject: 'the session', hint })
}
