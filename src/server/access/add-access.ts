/**
 * Adds access to an app: every request is asked who sends it, every route which permission it needs.
 * A route that names none is a bug that shows when the server starts, not a hole that shows later.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { assert, present } from '../../core/fault/assert.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Ledger } from '../../seams/ledger.ts'
import type { Records } from '../../seams/records.ts'
import type { App } from '../app.ts'
import type { AccessConfig } from './access-config.ts'
import { AgentCertificates, isCertificateRefusal } from './agent-certificates.ts'
import { AccessAudit } from './audit.ts'
import {
  assertOwnPage,
  authenticate,
  isChange,
  type Knowledge,
  unauthenticated,
} from './authenticate.ts'
import { DeviceLogin } from './device-login.ts'
import { FailureLimit } from './failure-limit.ts'
import type { Identity } from './identity.ts'
import { LocalDoor } from './local-door.ts'
import { People } from './people.ts'
import { leastRoleFor, mayDo, type Permission, type Resource } from './permissions.ts'
import { Provider } from './provider.ts'
import { Refusals } from './refusals.ts'
import { Sessions } from './sessions.ts'
import { SignIn } from './sign-in.ts'
import { SignInCodes } from './sign-in-codes.ts'
import { TokenStore } from './token-store.ts'
import { Turnstile } from './turnstile.ts'
import { Vigil } from './vigil.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route asks of whoever calls it. */
    permission?: Permission
    /** Where a session's change says that it comes from our own page. @default 'header' */
    csrf?: 'header' | 'form'
  }
  interface FastifyRequest {
    /** Who asks; undefined in open routes. */
    identity: Identity | undefined
  }
}

/** What access is put together from. */
export interface AccessParts {
  readonly records: Records
  readonly ledger: Ledger
  readonly clock: Clock
  /** Whose the Unix socket is. */
  readonly localUser: string
  readonly config: AccessConfig
}

/** What else needs access. */
export interface Access extends Knowledge {
  readonly audit: AccessAudit
  readonly failures: FailureLimit
  readonly config: AccessConfig
  /** Absent: nobody signs in by a browser. */
  readonly signIn?: SignIn | undefined
  readonly deviceLogin: DeviceLogin
  readonly signInCodes: SignInCodes
}

/** Adds it. To be called before any route is added. */
export function addAccess(app: App, parts: AccessParts): Access {
  const access = openAccess(parts)
  const identify = async (request: FastifyRequest): Promise<Identity | undefined> =>
    await authenticate(access, request)
  const vigil = new Vigil({ clock: parts.clock, identify })
  app.decorateRequest('identity', undefined)
  app.addHook('onRoute', (route) => {
    const permission = route.config?.permission
    assert(
      permission !== undefined,
      `the route ${String(route.method)} ${route.url} names a permission`,
    )
  })
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return
    await admit(access, request, reply)
    const { identity } = request
    if (identity !== undefined && identity.by !== 'local') vigil.watch(request, reply, identity)
  })
  app.addHook('onClose', async () => vigil.close())
  return access
}

function openAccess(parts: AccessParts): Access {
  const { clock, config, localUser } = parts
  const audit = new AccessAudit(parts)
  const tokens = new TokenStore({ ...parts, audit })
  const sessions = new Sessions(parts)
  const refusals = new Refusals({ audit, clock })
  const people = new People({ ...parts, audit, configured: config })
  const provider = config.oidc && new Provider(config.oidc)
  const failures = new FailureLimit(clock)
  const areRequired = config.areAgentsCertified === true
  return {
    audit,
    config,
    tokens,
    sessions,
    people,
    refusals,
    certificates: new AgentCertificates({ clock, refusals, areRequired }),
    localUser,
    failures,
    turnstile: new Turnstile({ clock, failures }),
    localDoor: new LocalDoor(),
    publicOrigin: config.publicUrl === undefined ? undefined : new URL(config.publicUrl).origin,
    signIn: provider && new SignIn({ provider, people, sessions, audit, refusals }),
    deviceLogin: new DeviceLogin({ ...parts, people, tokens }),
    signInCodes: new SignInCodes(parts),
  }
}

/** As much of a request as says who asks, and through which route. */
export interface Asking {
  readonly identity: Identity | undefined
  readonly routeOptions: { readonly config: { readonly permission?: Permission } }
}

/** Who asks, in a route that is not open. */
export function whoAsks(request: Asking): Identity {
  return present(request.identity, 'a route that is not open knows who asks')
}

/** Whether whoever asks may see a contract and what belongs to it, for lists. */
export function maySee(
  request: Asking,
  resource: Resource,
  permission: Permission = 'ramps.read',
): boolean {
  return mayDo(whoAsks(request), permission, resource)
}

/**
 * Asserts that whoever asks has the route's permission over a contract.
 *
 * @param absent what is said when there is no such thing: what one may not see is not there
 * @throws forbidden when they may see it, but not do that
 */
export function assertMay(
  request: Asking,
  resource: Resource,
  absent: () => Fault,
  permission: Permission = permissionOfRoute(request),
): void {
  const identity = whoAsks(request)
  if (mayDo(identity, permission, resource)) return
  const reading = permission.startsWith('contracts.') ? 'contracts.read' : 'ramps.read'
  if (!mayDo(identity, reading, resource)) throw absent()
  throw forbidden(identity, permission, `${resource.kind}/${resource.name}`)
}

/** That somebody may not do something. */
export function forbidden(identity: Identity, permission: Permission, subject: string): Fault {
  return new Fault({
    code: 'forbidden',
    operation: permission,
    subject,
    hint: `${identity.name} has no role that gives ${permission} there.${givenBy(permission, subject)}`,
  })
}

function givenBy(permission: Permission, subject: string): string {
  if (permission === 'open' || permission === 'self') return ''
  return ` The least that gives it is the role ${leastRoleFor(permission, subject)}.`
}

async function admit(access: Access, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const permission = permissionOfRoute(request)
  if (permission === 'open') return
  try {
    request.identity = await authenticate(access, request)
    if (request.identity === undefined) throw unauthenticated('Nothing was sent to be known by.')
  } catch (error) {
    if (isFault(error, 'unauthenticated')) {
      void reply.header('www-authenticate', 'Bearer realm="rampart"')
      // Whoever sends nothing guesses nothing: a page that is not signed in yet asks more than once.
      if (request.headers.authorization !== undefined) countFailure(access, request, reply)
    }
    // What was shown holds for the connection: whoever has a better one by now makes a new one.
    if (isCertificateRefusal(error)) void reply.header('connection', 'close')
    throw error
  }
  const { identity } = request
  const isFormed = request.routeOptions.config.csrf === 'form'
  if (identity.csrfToken !== undefined && isChange(request) && !isFormed) {
    assertOwnPage(access, request, request.headers['x-csrf-token'])
  }
  if (!mayDo(identity, permission)) throw forbidden(identity, permission, request.url)
}

/**
 * Counts one more failure of an address.
 *
 * @throws too-many-requests
 */
export function countFailure(
  { failures }: Pick<Access, 'failures'>,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const waitMs = failures.count(request.ip)
  if (waitMs === 0) return
  const seconds = Math.ceil(waitMs / 1_000)
  void reply.header('retry-after', String(seconds))
  throw new Fault({
    code: 'too-many-requests',
    operation: 'ask the server',
    subject: 'you',
    hint: `Too many attempts failed from this address; wait ${seconds} s.`,
  })
}

function permissionOfRoute(request: Asking): Permission {
  return present(request.routeOptions.config.permission, 'every route names a permission')
}
