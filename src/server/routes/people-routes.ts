/** `/v1/people`: what people may do, and sending somebody away. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import { pageOf } from '../../core/units/page-of.ts'
import { whoAsks } from '../access/add-access.ts'
import { signOutEverywhere } from '../access/sign-out.ts'
import type { App } from '../app.ts'
import { GRANTS_BODY, PEOPLE_PAGE, PERSON_VIEW, SIGNED_OUT } from '../schemas/access.ts'
import { PAGE_OF } from '../schemas/paging.ts'
import type { PersonView } from '../wire/access.ts'
import { etagOf } from '../wire/etags.ts'
import type { AccessRouteParts } from './access-routes.ts'

const TAGS = ['access']
const MANAGE = { permission: 'access.manage' } as const

/** As the ledger writes people: `oidc:anna@example.org`. */
const NAMED = z.object({ name: z.string().regex(/^[\x21-\x7e]{1,300}$/, 'a name without spaces') })

/** Adds the routes. */
export function addPeopleRoutes(app: App, parts: AccessRouteParts): void {
  addLooking(app, parts)
  addGranting(app, parts)
  addSigningOut(app, parts)
}

function addLooking(app: App, parts: AccessRouteParts): void {
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
        summary: 'Look at what a person may do; the ETag is that of what is granted by name',
        tags: TAGS,
        params: NAMED,
        response: { 200: PERSON_VIEW },
      },
      config: { ...MANAGE, etag: true },
    },
    async ({ params: { name } }, reply): Promise<PersonView> => {
      const person = await parts.access.people.find(name)
      if (person === undefined) throw personUnknown(name)
      return tagged(reply, person)
    },
  )
}

function addGranting(app: App, parts: AccessRouteParts): void {
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
      config: { ...MANAGE, ifMatch: true, etag: true },
    },
    async (request, reply): Promise<PersonView> => {
      const { name } = request.params
      const { people } = parts.access
      const { precondition: only } = request
      await people.grant(whoAsks(request), { name, grants: request.body.grants, only })
      const person = await people.find(name)
      return tagged(reply, person ?? { name, grants: [], granted: [], grantsVersion: 0 })
    },
  )
}

function addSigningOut(app: App, parts: AccessRouteParts): void {
  app.post(
    '/v1/people/:name/sign-out',
    {
      schema: {
        operationId: 'signPersonOut',
        summary: 'End every session and every login of a person, who may sign in again',
        tags: TAGS,
        params: NAMED,
        response: { 200: SIGNED_OUT },
      },
      config: MANAGE,
    },
    async (request) => {
      const { name } = request.params
      if ((await parts.access.people.find(name)) === undefined) throw personUnknown(name)
      return await signOutEverywhere(parts.access, whoAsks(request), name)
    },
  )
}

/** Says by which ETag it is to be changed. */
function tagged(reply: FastifyReply, person: PersonView): PersonView {
  void reply.header('etag', etagOf(person.grantsVersion))
  return person
}

function personUnknown(name: string): Fault {
  const hint = `Nobody is known as ${name}.`
  return new Fault({ code: 'person-unknown', operation: 'find the person', subject: name, hint })
}
