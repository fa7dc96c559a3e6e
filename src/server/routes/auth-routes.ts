/**
 * `/v1/auth`: signing in and out by a browser, by a token in a browser, and from a command line that
 * has none. Secrets go into cookies that scripts cannot read, or to whoever asked, and nowhere else.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { FAULT_CODES } from '../../core/fault/codes.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import { type Access, countFailure, whoAsks } from '../access/add-access.ts'
import {
  assertOwnOrigin,
  identityOf,
  isSecure,
  noteRefusal,
  originOf,
} from '../access/authenticate.ts'
import { cookieName, printCookie, readCookie } from '../access/cookies.ts'
import { viewOf } from '../access/identity.ts'
import { notePage, sendPage } from '../access/pages.ts'
import { csrfTokenOf, SESSION_MAX_MS } from '../access/sessions.ts'
import { ownPath, SIGN_IN_MS, type SignIn } from '../access/sign-in.ts'
import type { Recognised } from '../access/token-store.ts'
import type { App } from '../app.ts'
import {
  BEGIN_SESSION,
  type BeginSession,
  IDENTITY_VIEW,
  SIGN_IN_CODE,
  SIGN_IN_WAYS,
} from '../schemas/access.ts'
import type { AccessRouteParts } from './access-routes.ts'
import { addDeviceRoutes } from './device-routes.ts'

const TAGS = ['access']
const OPEN = { permission: 'open' } as const

/** Adds the routes. */
export function addAuthRoutes(app: App, parts: AccessRouteParts): void {
  app.get(
    '/v1/auth',
    {
      schema: {
        operationId: 'getSignInWays',
        summary: 'Say how one may sign in here',
        tags: TAGS,
        response: { 200: SIGN_IN_WAYS },
      },
      config: OPEN,
    },
    () => ({ browser: parts.access.signIn !== undefined, token: true }),
  )
  addBrowserSignIn(app, parts)
  addTokenSession(app, parts)
  addCodes(app, parts)
  addSignOut(app, parts)
  addDeviceRoutes(app, parts)
}

function addBrowserSignIn(app: App, parts: AccessRouteParts): void {
  app.get(
    '/v1/auth/login',
    {
      schema: {
        operationId: 'beginSignIn',
        summary: 'Send a browser to the provider of identities, and back to `returnTo`',
        tags: TAGS,
        querystring: z.strictObject({ returnTo: z.string().max(1_000).default('/') }),
        response: { 302: z.null().describe('On to the provider.') },
      },
      config: OPEN,
    },
    async (request, reply) => {
      const { access } = parts
      try {
        const begun = await signInOf(access).begin(
          callbackOf(access, request),
          ownPath(request.query.returnTo),
        )
        setCookie({ access, request, reply }, 'sign-in', begun.cookie, SIGN_IN_MS)
        return await reply.redirect(begun.url)
      } catch (error) {
        return await showRefusal(request, reply, error)
      }
    },
  )

  app.get(
    '/v1/auth/callback',
    {
      schema: {
        operationId: 'endSignIn',
        summary: 'Take a browser back from the provider of identities',
        tags: TAGS,
        response: { 302: z.null().describe('On to where they wanted to go.') },
      },
      config: OPEN,
    },
    async (request, reply) => {
      const { access } = parts
      const cookie = readCookie(
        request.headers.cookie,
        cookieName('sign-in', originOf(access, request)),
      )
      const cameBackTo = new URL(callbackOf(access, request))
      cameBackTo.search = request.url.includes('?')
        ? request.url.slice(request.url.indexOf('?'))
        : ''
      setCookie({ access, request, reply }, 'sign-in', '', 0)
      try {
        const { secret, returnTo } = await signInOf(access).finish(cameBackTo, cookie)
        setCookie({ access, request, reply }, 'session', secret, SESSION_MAX_MS)
        return await reply.redirect(returnTo)
      } catch (error) {
        if (isFault(error, 'sign-in-refused')) countFailure(access, request, reply)
        return await showRefusal(request, reply, error)
      }
    },
  )
}

function addTokenSession(app: App, parts: AccessRouteParts): void {
  app.post(
    '/v1/auth/session',
    {
      schema: {
        operationId: 'beginSession',
        summary:
          'Sign a browser in by a token, which it then need not keep, or by a code made by one',
        tags: TAGS,
        body: BEGIN_SESSION,
        response: { 200: IDENTITY_VIEW },
      },
      config: OPEN,
    },
    async (request, reply) => {
      const { access } = parts
      assertOwnOrigin(access, request)
      const { body } = request
      const secretSent = 'code' in body ? body.code : body.token
      const coming = { secret: secretSent, address: request.ip }
      const recognised = await access.turnstile.pass(coming, async () => {
        const found = await recognise(access, body)
        if (found.is === 'known') return found
        await noteRefusal(access, found)
        countFailure(access, request, reply)
        throw noSuchToken()
      })
      const known = await identityOf(access, recognised)
      const identity = await access.certificates.admit(known, request.raw.socket)
      const secret = await access.sessions.begin({ is: 'token', id: recognised.id })
      const csrfToken = csrfTokenOf(secret)
      setCookie({ access, request, reply }, 'session', secret, SESSION_MAX_MS)
      return viewOf({ ...identity, csrfToken })
    },
  )
}

/** Whose token is handed in, or is the one that a code was made by. */
async function recognise(access: Access, sent: BeginSession): Promise<Recognised> {
  if (!('code' in sent)) return await access.tokens.recognise(sent.token)
  const id = await access.signInCodes.take(sent.code)
  return id === undefined ? { is: 'refused', why: 'unknown' } : await access.tokens.recall(id)
}

function addCodes(app: App, { access }: AccessRouteParts): void {
  app.post(
    '/v1/auth/codes',
    {
      schema: {
        operationId: 'createSignInCode',
        summary: 'Make a code that signs one browser in, once and within a minute, as whoever asks',
        tags: TAGS,
        response: { 201: SIGN_IN_CODE },
      },
      config: { permission: 'self' },
    },
    async (request, reply) => {
      const made = await access.signInCodes.make(whoAsks(request))
      return await reply.code(201).header('cache-control', 'no-store').send(made)
    },
  )
}

function addSignOut(app: App, parts: AccessRouteParts): void {
  app.post(
    '/v1/auth/logout',
    {
      schema: {
        operationId: 'signOut',
        summary: 'End this session, or revoke the token of this login',
        tags: TAGS,
        response: { 204: z.null().describe('It has ended.') },
      },
      config: { permission: 'self' },
    },
    async (request, reply) => {
      const { access } = parts
      const identity = whoAsks(request)
      const { sessionKey, tokenId, kind, name } = identity
      if (sessionKey !== undefined) {
        const sentence = `${name} signed out.`
        await access.audit.note({
          by: name,
          what: 'session.ended',
          subject: name,
          sentence,
          details: {},
        })
        await access.sessions.end(sessionKey)
        setCookie({ access, request, reply }, 'session', '', 0)
      } else if (tokenId !== undefined && kind === 'person') {
        await access.tokens.revoke(identity, tokenId)
      }
      return await reply.code(204).send(null)
    },
  )
}

/** Whose cookie is set. */
interface Setting {
  readonly access: Access
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

function setCookie(
  { access, request, reply }: Setting,
  name: 'session' | 'sign-in',
  value: string,
  lifetimeMs: number,
): void {
  const named = cookieName(name, originOf(access, request))
  const options = { isSecure: isSecure(access, request), lifetimeMs }
  const cookie = printCookie(named, value, options)
  void reply.header('set-cookie', cookie)
}

function callbackOf(access: Access, request: FastifyRequest): string {
  return `${originOf(access, request)}/v1/auth/callback`
}

function signInOf({ signIn }: Access): SignIn {
  if (signIn !== undefined) return signIn
  throw new Fault({
    code: 'sign-in-unavailable',
    operation: 'sign in',
    subject: 'you',
    hint: 'No provider of identities is configured here; sign in with a token.',
  })
}

/** Shows why somebody is not signed in. What sign-in does not know is thrown on. */
async function showRefusal(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  const isRefused = isFault(error, 'sign-in-refused')
  const isAway = isFault(error, 'sign-in-unavailable')
  // Programs are told as they always are; only whoever is shown pages gets one.
  const isShown = isRefused || (isAway && headers.accept?.includes('text/html') === true)
  if (!isShown) throw error
  const { httpStatus } = FAULT_CODES[error.code]
  return await sendPage(reply, httpStatus, notePage('You are not signed in', error.hint))
}

function noSuchToken(): Fault {
  const hint = 'Nobody is known by that; it may have expired, or been revoked or used.'
  return new Fault({ code: 'unauthenticated', operation: 'sign in', subject: 'you', hint })
}
