/** `/v1/me` and `/v1/tokens`: who one is, and by what machines are known. */
import { z } from 'zod'
import type { Access } from '../access/add-access.ts'
import { whoAsks } from '../access/add-access.ts'
import { viewOf } from '../access/identity.ts'
import type { App } from '../app.ts'
import {
  IDENTITY_VIEW,
  PAGE_OF,
  pageOf,
  TOKEN_PAGE,
  TOKEN_REPLY,
  TOKEN_REQUEST,
} from '../schemas/access.ts'
import { addPeopleRoutes } from './people-routes.ts'

const TAGS = ['access']
const MANAGE = { permission: 'access.manage' } as const

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
      const { items, ...next } = pageOf(await parts.access.tokens.list(), ({ id }) => id, query)
      return { tokens: items, ...next }
    },
  )

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
        params: z.object({ id: z.string().regex(/^[0-9a-f]{1,64}$/, 'the id of a token') }),
        response: { 204: z.null().describe('It is refused from now on.') },
      },
      config: MANAGE,
    },
    async (request, reply) => {
      await parts.access.tokens.revoke(whoAsks(request), request.params.id)
      return await reply.code(204).send(null)
    },
  )
}
