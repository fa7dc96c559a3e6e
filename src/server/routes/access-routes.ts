/** `/v1/me`, `/v1/tokens`, `/v1/people`: who one is, and who may do what. */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { Access } from '../access/add-access.ts'
import { whoAsks } from '../access/add-access.ts'
import { viewOf } from '../access/identity.ts'
import type { App } from '../app.ts'
import {
  GRANTS_BODY,
  IDENTITY_VIEW,
  PAGE_OF,
  PEOPLE_PAGE,
  PERSON_VIEW,
  pageOf,
  TOKEN_PAGE,
  TOKEN_REPLY,
  TOKEN_REQUEST,
} from '../schemas/access.ts'
import type { PersonView } from '../wire/access.ts'

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
  addPeople(app, parts)
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

/** As the ledger writes people: `oidc:anna@example.org`. */
const NAMED = z.object({ name: z.string().regex(/^[\x21-\x7e]{1,300}$/, 'a name without spaces') })

function addPeople(app: App, parts: AccessRouteParts): void {
  app.get(
    '/v1/people',
    {
      schema: {
        operationId: 'listPeople',
        summary: 'List who has signed in or was granted something',
        tags: TAGS,
        querystring: PAGE_OF,
        response: { 200: PEOPLE_PAGE },
      },
      config: MANAGE,
    },
    async ({ query }) => {
      const { items, ...next } = pageOf(await parts.access.people.list(), ({ name }) => name, query)
      return { people: items, ...next }
    },
  )

  app.get(
    '/v1/people/:name',
    {
      schema: {
        operationId: 'getPerson',
        summary: 'Look at what a person may do',
        tags: TAGS,
        params: NAMED,
        response: { 200: PERSON_VIEW },
      },
      config: MANAGE,
    },
    async ({ params: { name } }): Promise<PersonView> => {
      const person = await parts.access.people.find(name)
      if (person === undefined) throw personUnknown(name)
      return person
    },
  )

  app.put(
    '/v1/people/:name',
    {
      schema: {
        operationId: 'grantPerson',
        summary: 'Grant a person these roles by name, instead of those granted by name before',
        tags: TAGS,
        params: NAMED,
        body: GRANTS_BODY,
        response: { 200: PERSON_VIEW },
      },
      config: MANAGE,
    },
    async (request): Promise<PersonView> => {
      const { name } = request.params
      const { people } = parts.access
      await people.grant(whoAsks(request), name, request.body.grants)
      return (await people.find(name)) ?? { name, grants: [] }
    },
  )
}

function personUnknown(name: string): Fault {
  const hint = `Nobody is known as ${name}.`
  return new Fault({ code: 'person-unknown', operation: 'find the person', subject: name, hint })
}
