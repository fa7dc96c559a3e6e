/** `/v1/me` and `/v1/tokens`: who one is, and by what machines are known. */
import { z } from 'zod'
import { ascending, pageOf } from '../../core/units/page-of.ts'
import type { Access } from '../access/add-access.ts'
import { whoAsks } from '../access/add-access.ts'
import { viewOf } from '../access/identity.ts'
import { tokenUnknown } from '../access/token-store.ts'
import type { App } from '../app.ts'
import {
  IDENTITY_VIEW,
  TOKEN_PAGE,
  TOKEN_REPLY,
  TOKEN_REQUEST,
  TOKEN_VIEW,
} from '../schemas/access.ts'
import { PAGE_OF } from '../schemas/paging.ts'
import type { TokenView } from '../wire/access.ts'
import { addPeopleRoutes } from './people-routes.ts'

const TAGS = ['access']
const MANAGE = { permission: 'access.manage' } as const

const TOKEN_PARAMS = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{1,64}$/, 'a token is named by its id, as `rampart token list` shows it'),
})

/** What the routes need; asked only when they answer. */
export interface AccessRouteParts {
  readonly access: Access
}

/** Adds the routes. */
export function addAccessRoutes(app: App, parts: AccessRouteParts): void {
  app.get(
    '/v1/me',
    {
      schema: {
        operationId: 'getMe',
        summary: 'Say who asks, and what they may do',
        tags: TAGS,
        response: { 200: IDENTITY_VIEW },
      },
      config: { permission: 'self' },
    },
    (request) => viewOf(whoAsks(request)),
  )
  addTokens(app, parts)
  addPeopleRoutes(app, parts)
}

function addTokens(app: App, parts: AccessRouteParts): void {
  app.get(
    '/v1/tokens',
    {
      schema: {
        operationId: 'listTokens',
        summary: 'List tokens, oldest first, without their secrets',
        tags: TAGS,
        querystring: PAGE_OF,
        response: { 200: TOKEN_PAGE },
      },
      config: MANAGE,
    },
    async ({ query }) => {
      const oldestFirst = ({ createdAtMs, id }: TokenView): string =>
        `${ascending(createdAtMs)} ${id}`
      const { items, ...next } = pageOf(await parts.access.tokens.list(), oldestFirst, query)
      return { tokens: items, ...next }
    },
  )

  app.get(
    '/v1/tokens/:id',
    {
      schema: {
        operationId: 'getToken',
        summary: 'Look at a token, without its secret',
        tags: TAGS,
        params: TOKEN_PARAMS,
        response: { 200: TOKEN_VIEW },
      },
      config: { ...MANAGE, etag: true },
    },
    async ({ params: { id } }, reply) => {
      const token = await parts.access.tokens.find(id)
      if (token === undefined) throw tokenUnknown(id)
      void reply.header('etag', token.etag)
      return token
    },
  )

  addTokenChanges(app, parts)
}

function addTokenChanges(app: App, parts: AccessRouteParts): void {
  app.post(
    '/v1/tokens',
    {
      schema: {
        operationId: 'createToken',
        summary: 'Make a token for a machine; its secret is shown this once',
        tags: TAGS,
        body: TOKEN_REQUEST,
        response: { 201: TOKEN_REPLY },
      },
      config: MANAGE,
    },
    async (request, reply) => {
      const made = await parts.access.tokens.create(whoAsks(request), request.body)
      return await reply.code(201).send(made)
    },
  )

  app.delete(
    '/v1/tokens/:id',
    {
      schema: {
        operationId: 'revokeToken',
        summary: 'Refuse a token from now on',
        tags: TAGS,
        params: TOKEN_PARAMS,
        response: { 204: z.null().describe('It is refused from now on.') },
      },
      config: { ...MANAGE, ifMatch: true },
    },
    async (request, reply) => {
      const { params, precondition } = request
      await parts.access.tokens.revoke(whoAsks(request), params.id, precondition)
      return await reply.code(204).send(null)
    },
  )
}
