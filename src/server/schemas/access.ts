/** The shapes of who may do what, as they travel. */
import { z } from 'zod'
import { GRANT, GRANTS } from '../access/grants.ts'
import { TOKEN_NAME } from '../access/token-store.ts'
import type {
  Grant,
  IdentityView,
  PeoplePage,
  PersonView,
  SignedOut,
  TokenReply,
  TokenRequest,
  TokenView,
} from '../wire/access.ts'
import { NEXT } from './paging.ts'
import { ETAG } from './promised.ts'

const grants: z.ZodType<readonly Grant[]> = z.array(GRANT)
const atMs = z.number().int()

/** `GET /v1/me` */
export const IDENTITY_VIEW: z.ZodType<IdentityView> = z.object({
  name: z.string(),
  kind: z.enum(['person', 'machine', 'agent', 'local']),
  grants,
  csrfToken: z.string().exactOptional(),
})

/** A token without its secret. */
export const TOKEN_VIEW: z.ZodType<TokenView> = z.object({
  id: z.string(),
  etag: ETAG,
  name: z.string(),
  grants,
  createdBy: z.string(),
  createdAtMs: atMs,
  expiresAtMs: atMs,
  lastUsedAtMs: atMs.exactOptional(),
  revokedAtMs: atMs.exactOptional(),
})

/** One year. @unit ms */
const LIFETIME_MAX_MS = 366 * 86_400_000

/** `POST /v1/tokens` */
export const TOKEN_REQUEST: z.ZodType<TokenRequest> = z.strictObject({
  name: z.string().regex(TOKEN_NAME, 'expected lower-case letters, digits, dots and dashes'),
  grants: GRANTS,
  lifetimeMs: z.number().int().min(1_000).max(LIFETIME_MAX_MS),
})

/** The only answer that ever shows a secret. */
export const TOKEN_REPLY: z.ZodType<TokenReply> = z.object({
  token: TOKEN_VIEW,
  secret: z.string(),
})

/** `PUT /v1/people/:name` */
export const GRANTS_BODY: z.ZodType<{ readonly grants: readonly Grant[] }> = z.strictObject({
  grants: GRANTS.refine((all) => all.every(({ role }) => role !== 'agent'), 'a person is no agent'),
})

/** Somebody who has signed in, or may. */
export const PERSON_VIEW: z.ZodType<PersonView> = z.object({
  name: z.string(),
  grants: grants.describe('All, those given by groups and by configuration too.'),
  granted: grants.describe('Those given by name, which `PUT` takes the place of.'),
  grantsVersion: z.number().int(),
  lastSeenAtMs: atMs.exactOptional(),
})

/** `POST /v1/people/:name/sign-out` */
export const SIGNED_OUT: z.ZodType<SignedOut> = z.object({
  sessions: z.number().int(),
  logins: z.number().int(),
})

/** `GET /v1/tokens` */
export const TOKEN_PAGE: z.ZodType<{
  readonly tokens: readonly TokenView[]
  readonly next?: string
}> = z.object({ tokens: z.array(TOKEN_VIEW), next: NEXT })

/** `GET /v1/people` */
export const PEOPLE_PAGE: z.ZodType<PeoplePage> = z.object({
  people: z.array(PERSON_VIEW),
  next: NEXT,
})

/** `GET /v1/auth` */
export const SIGN_IN_WAYS: z.ZodType<{ readonly browser: boolean; readonly token: boolean }> =
  z.object({ browser: z.boolean(), token: z.boolean() })

/** `POST /v1/auth/session` */
export type BeginSession = { readonly token: string } | { readonly code: string }

export const BEGIN_SESSION: z.ZodType<BeginSession> = z.union([
  z.strictObject({ token: z.string().max(200) }),
  z.strictObject({ code: z.string().max(100).describe('Of `POST /v1/auth/codes`.') }),
])

/** `POST /v1/auth/codes` */
export const SIGN_IN_CODE: z.ZodType<{ readonly code: string; readonly expiresAtMs: number }> =
  z.object({ code: z.string(), expiresAtMs: atMs })

/** `POST /v1/auth/device` */
export const DEVICE_BEGUN: z.ZodType<{
  readonly deviceCode: string
  readonly userCode: string
  readonly url: string
  readonly expiresAtMs: number
  readonly pollMs: number
}> = z.object({
  deviceCode: z.string(),
  userCode: z.string(),
  url: z.string(),
  expiresAtMs: atMs,
  pollMs: z.number().int(),
})

/** `POST /v1/auth/device/token` */
export const DEVICE_REPLY: z.ZodType<
  { readonly state: 'waiting' } | ({ readonly state: 'done' } & TokenReply)
> = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting') }),
  z.object({ state: z.literal('done'), token: TOKEN_VIEW, secret: z.string() }),
])
