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
  grants,
  grantsVersion: z.number().int(),
  lastSeenAtMs: atMs.exactOptional(),
})

/** `POST /v1/people/:name/sign-out` */
export const SIGNED_OUT: z.ZodType<SignedOut> = z.object({
  sessions: z.number().int(),
  logins: z.number().int(),
})

/** Which page of a list. */
export interface PageOf {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** `?limit=&cursor=` */
export const PAGE_OF: z.ZodType<PageOf> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().min(1).max(300).optional(),
})

const next = z.string().exactOptional()

/** `GET /v1/tokens` */
export const TOKEN_PAGE: z.ZodType<{
  readonly tokens: readonly TokenView[]
  readonly next?: string
}> = z.object({ tokens: z.array(TOKEN_VIEW), next })

/** `GET /v1/people` */
export const PEOPLE_PAGE: z.ZodType<PeoplePage> = z.object({ people: z.array(PERSON_VIEW), next })

/** `GET /v1/auth` */
export const SIGN_IN_WAYS: z.ZodType<{ readonly browser: boolean; readonly token: boolean }> =
  z.object({ browser: z.boolean(), token: z.boolean() })

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

/** One page of a list that is short enough to be read whole. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, cursor }: PageOf,
): { readonly items: readonly Item[]; readonly next?: string } {
  const begin = cursor === undefined ? 0 : placeAfter(items.map(keyOf), cursor)
  const end = begin + limit
  const page = items.slice(begin, end)
  const last = page.at(-1)
  const isWhole = last === undefined || end >= items.length
  return isWhole ? { items: page } : { items: page, next: `${end}.${keyOf(last)}` }
}

/**
 * Where a page goes on: after the item that the one before ended with. Where that one is gone by now, it
 * is where it was, so that no reader begins anew without end.
 */
function placeAfter(keys: readonly string[], cursor: string): number {
  const [, count = '0', key] = /^(\d{1,9})\.(.*)$/s.exec(cursor) ?? []
  const place = key === undefined ? -1 : keys.indexOf(key)
  return place < 0 ? Math.max(0, Number(count) - 1) : place + 1
}
