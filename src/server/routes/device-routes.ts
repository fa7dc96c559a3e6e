/**
 * `/v1/auth/device` for the command line that logs in, `/device` for whoever confirms it in a browser.
 * The page takes a form, so that it needs no script; the form carries what a header otherwise would.
 */
import { z } from 'zod'
import { Fault, isFault } from '../../core/fault/fault.ts'
import { type Access, countFailure, whoAsks } from '../access/add-access.ts'
import { assertOwnPage, authenticate, originOf } from '../access/authenticate.ts'
import type { Identity } from '../access/identity.ts'
import { confirmPage, notePage, sendPage } from '../access/pages.ts'
import type { App } from '../app.ts'
import { DEVICE_BEGUN, DEVICE_REPLY } from '../schemas/access.ts'
import type { AccessRouteParts } from './access-routes.ts'

const TAGS = ['access']
const OPEN = { permission: 'open' } as const
/** How often a command line asks. @unit ms */
const POLL_MS = 2_000

/** Adds the routes. */
export function addDeviceRoutes(app: App, parts: AccessRouteParts): void {
  app.post(
    '/v1/auth/device',
    {
      schema: {
        operationId: 'beginDeviceLogin',
        summary: 'Begin to log a command line in; somebody confirms the code in a browser',
        tags: TAGS,
        response: { 200: DEVICE_BEGUN },
      },
      config: OPEN,
    },
    async (request, reply) => {
      const { access } = parts
      // Each one asks a person something, so there may be as few of them as there may be failures.
      countFailure(access, request, reply)
      if (access.signIn === undefined) throw noBrowserSignIn()
      const begun = await access.deviceLogin.begin(request.ip)
      const url = `${originOf(access, request)}/device?code=${begun.userCode}`
      return { ...begun, url, pollMs: POLL_MS }
    },
  )

  app.post(
    '/v1/auth/device/token',
    {
      schema: {
        operationId: 'takeDeviceToken',
        summary: 'Take the token of a login, once somebody has confirmed it',
        tags: TAGS,
        body: z.strictObject({ deviceCode: z.string().max(100) }),
        response: { 200: DEVICE_REPLY },
      },
      config: OPEN,
    },
    async (request, reply) => {
      const { access } = parts
      const coming = { secret: request.body.deviceCode, address: request.ip }
      const taking = access.turnstile.pass(coming, () => access.deviceLogin.take(coming.secret))
      const made = await taking.catch((error) => {
        if (isFault(error, 'sign-in-refused')) countFailure(access, request, reply)
        throw error
      })
      return made === undefined
        ? { state: 'waiting' as const }
        : { state: 'done' as const, ...made }
    },
  )
  addPage(app, parts)
}

function addPage(app: App, parts: AccessRouteParts): void {
  const query = z.object({ code: z.string().max(20).default('') })
  const shown = { schema: { hide: true, querystring: query }, config: OPEN }
  app.get('/device', shown, async (request, reply) => {
    const { access } = parts
    const { code: userCode } = request.query
    request.identity = await authenticate(access, request).catch(orNobody)
    const { identity } = request
    if (identity?.csrfToken === undefined || identity.kind !== 'person') {
      const returnTo = encodeURIComponent(`/device?code=${encodeURIComponent(userCode)}`)
      return await reply.redirect(`/v1/auth/login?returnTo=${returnTo}`)
    }
    const login = await access.deviceLogin.look(userCode)
    if (login === undefined) return await sendPage(reply, 404, NO_SUCH_CODE)
    const { name: person, csrfToken } = identity
    return await sendPage(reply, 200, confirmPage({ ...login, userCode, person, csrfToken }))
  })
  void app.register(async (child) => {
    child.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 2_000 },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    const config = { permission: 'self', csrf: 'form' } as const
    child.post('/device', { schema: { hide: true }, config }, async (request, reply) => {
      const answered = ANSWER.safeParse(request.body)
      assertOwnPage(parts.access, request, answered.data?.csrf)
      if (!answered.success) return await sendPage(reply, 400, NO_SUCH_CODE)
      return await sendPage(reply, 200, await settle(parts.access, whoAsks(request), answered.data))
    })
  })
}

const ANSWER = z.object({
  code: z.string(),
  csrf: z.string(),
  answer: z.enum(['confirm', 'refuse']),
})

async function settle(
  { deviceLogin }: Access,
  identity: Identity,
  { code, answer }: z.infer<typeof ANSWER>,
): Promise<string> {
  if (answer === 'refuse') {
    await deviceLogin.refuse(code)
    return notePage('Refused', 'The command line is not logged in. You may close this page.')
  }
  if (identity.kind !== 'person') return NO_SUCH_CODE
  await deviceLogin.confirm(identity, code)
  return notePage('Logged in', 'The command line goes on by itself. You may close this page.')
}

const NO_SUCH_CODE = notePage('No such code', 'It may have expired; run rampart login again.')

/** Whoever is not known yet is sent to sign in, not away. */
function orNobody(error: unknown): undefined {
  if (error instanceof Fault) return undefined
  throw error
}

function noBrowserSignIn(): Fault {
  return new Fault({
    code: 'sign-in-unavailable',
    operation: 'log in',
    subject: 'you',
    hint: 'No provider of identities is configured here; log in with `rampart login --token`.',
  })
}
