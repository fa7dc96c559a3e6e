/** `/v1/ports`: who has which port, and claiming, handing over and giving back leases of them. */
import { z } from 'zod'
import { present } from '../../core/fault/assert.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { PortLease, PortOwner } from '../../core/port/port-lease.ts'
import { type ListedRange, listRanges } from '../../core/port/range-list.ts'
import { ascending, pageOf } from '../../core/units/page-of.ts'
import type { LeaseGuard, PortBroker } from '../../seams/port-broker.ts'
import { type Asking, assertMay, maySee, whoAsks } from '../access/add-access.ts'
import type { Resource } from '../access/permissions.ts'
import { resourceOf } from '../access/ramp-resource.ts'
import { namesOf } from '../access/voice.ts'
import { leasesOfRegion, storyOfRegion } from '../agents/region-ports.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import type { Precondition } from '../precondition.ts'
import {
  ASSIGN_REQUEST,
  CLAIM_REQUEST,
  LEASE_LIST,
  LEASE_PARAMS,
  PORT_GRANT,
  PORT_LEASE,
  PORT_PARAMS,
  PORT_STORY,
  PORTS_OF,
  PORTS_QUERY,
} from '../schemas/ports.ts'
import { leaseEtag } from '../wire/etags.ts'
import type { LeaseList } from '../wire/ports.ts'

const TAGS = ['ports']

/** Adds the routes. */
export function addPortRoutes(app: App, api: Api): void {
  addLooking(app, api)
  addClaiming(app, api)
  addAssigning(app, api)
}

function addLooking(app: App, api: Api): void {
  const config = { permission: 'ports.read' } as const

  app.get(
    '/v1/ports',
    {
      schema: {
        operationId: 'listPorts',
        summary: 'List the leases of ports that are not free, and the ranges that they come from',
        tags: TAGS,
        querystring: PORTS_QUERY,
        response: { 200: LEASE_LIST },
      },
      config,
    },
    async (request) => {
      const { region, ...page } = request.query
      const { index, leases, ranges, carried } =
        region === undefined ? leasesHere(api) : await leasesOfRegion(api.parts, region)
      const owners = [...leases.map(({ owner }) => owner), ...(carried ?? [])]
      const environments = await environmentsOf(request, api, owners)
      const isSeen = (owner: Served): boolean =>
        scopesOf(owner).every((name) => {
          const resource = environments.get(name)
          return resource !== undefined && maySee(request, resource, 'ports.read')
        })
      const { items, ...next } = pageOf(
        leases.filter(({ owner }) => isSeen(owner)),
        orderOf,
        page,
      )
      const listed = { index, leases: items, ...next }
      // What is no list of its own comes with the first page.
      if (ranges === undefined || page.cursor !== undefined) return listed
      const fronts = carried && { carried: carried.filter(isSeen) }
      return { ...listed, ranges: await rangesFor(request, api, ranges), ...fronts }
    },
  )

  app.get(
    '/v1/ports/:port',
    {
      schema: {
        operationId: 'explainPort',
        summary: 'Tell who has a port, since when, by which rule, and who had it before',
        tags: TAGS,
        params: PORT_PARAMS,
        querystring: PORTS_OF,
        response: { 200: PORT_STORY },
      },
      // Who listens on a machine is nobody's who sees but a part of it.
      config: { permission: 'ports.explain' },
    },
    async ({ params: { port }, query: { region } }) =>
      region === undefined
        ? await brokerOf(api).story(port)
        : await storyOfRegion(api.parts, region, port),
  )
}

function addClaiming(app: App, api: Api): void {
  app.post(
    '/v1/ports/leases',
    {
      schema: {
        operationId: 'claimPorts',
        summary: 'Claim ports: leases for all wishes, held from now on, or for none',
        tags: TAGS,
        body: CLAIM_REQUEST,
        response: { 200: PORT_GRANT },
      },
      config: { permission: 'ports.claim' },
    },
    async (request) => {
      const { wishes } = request.body
      const owners = wishes.map(({ owner }) => owner)
      const environments = await environmentsOf(request, api, owners)
      for (const [name, resource] of environments) {
        assertMay(request, resource, () => unknownService(name))
      }
      const who = whoAsks(request)
      const named = wishes.map((wish) => {
        const [scope = ''] = scopesOf(wish.owner)
        const resource = present(environments.get(scope), 'every owner has one')
        return { ...wish, by: namesOf(who, resource, who.name) }
      })
      return await brokerOf(api).claim(named)
    },
  )
}

function addAssigning(app: App, api: Api): void {
  const config = { permission: 'ports.claim', ifMatch: true } as const

  app.get(
    '/v1/ports/leases/:lease',
    {
      schema: {
        operationId: 'getLease',
        summary: 'Look at a lease of a port',
        tags: TAGS,
        params: LEASE_PARAMS,
        response: { 200: PORT_LEASE },
      },
      config: { permission: 'ports.read', etag: true },
    },
    async (request, reply) => {
      const lease = await leaseFor(request, api, request.params.lease)
      void reply.header('etag', leaseEtag(lease))
      return lease
    },
  )

  app.post(
    '/v1/ports/leases/:lease/assign',
    {
      schema: {
        operationId: 'assignPort',
        summary: 'Say which process is to listen on a leased port now',
        tags: TAGS,
        params: LEASE_PARAMS,
        body: ASSIGN_REQUEST,
        response: { 200: PORT_LEASE },
      },
      config,
    },
    async (request) => {
      const { id } = await leaseFor(request, api, request.params.lease)
      return await brokerOf(api).assign(id, request.body.process, guardOf(request.precondition))
    },
  )

  app.delete(
    '/v1/ports/leases/:lease',
    {
      schema: {
        operationId: 'releasePort',
        summary: 'Give a leased port back; it cools before anybody else gets it',
        tags: TAGS,
        params: LEASE_PARAMS,
        response: { 204: z.null() },
      },
      config,
    },
    async (request, reply) => {
      const { id } = await leaseFor(request, api, request.params.lease)
      const because = `Given back by ${request.identity?.name ?? 'nobody'}.`
      await brokerOf(api).release(id, because, guardOf(request.precondition))
      return await reply.code(204).send(null)
    },
  )
}

function orderOf({ claim, id }: PortLease): string {
  return `${ascending(claim.port)} ${id}`
}

/** Judged by the broker, in the step in which it changes the lease. */
function guardOf(only: Precondition | undefined): LeaseGuard | undefined {
  const deed = { operation: 'change the lease', subject: 'the lease' }
  return only && ((lease) => only.check(lease && leaseEtag(lease), deed))
}

function leasesHere(api: Api): LeaseList {
  const broker = brokerOf(api)
  const ranges = listRanges(broker.enforced)
  return { index: broker.index, leases: broker.leases(), ranges, carried: broker.carried.all() }
}

/** Those of contracts that they may see; the built-in one is nobody's secret. */
async function rangesFor(
  request: Asking,
  { store }: Api,
  ranges: readonly ListedRange[],
): Promise<readonly ListedRange[]> {
  const who = whoAsks(request)
  const names = new Set(ranges.map(({ contract }) => contract))
  const seen = new Set<string | undefined>([undefined])
  for (const name of names) {
    if (name === undefined) continue
    const resource = await resourceOf(store, { kind: 'Ports', name }, who)
    if (maySee(request, resource, 'ports.read')) seen.add(name)
  }
  return ranges.filter(({ contract }) => seen.has(contract))
}

/** The lease, for whoever has the permission of the route there. @throws lease-unknown, forbidden */
async function leaseFor(request: Asking, api: Api, id: string): Promise<PortLease> {
  const lease = brokerOf(api)
    .leases()
    .find((one) => one.id === id)
  if (lease === undefined) throw unknownLease(id)
  for (const resource of (await environmentsOf(request, api, [lease.owner])).values()) {
    assertMay(request, resource, () => unknownLease(id))
  }
  return lease
}

/** What scopes speak of: the environments that services belong to, each looked up once. */
async function environmentsOf(
  request: Asking,
  { store }: Api,
  owners: readonly Served[],
): Promise<ReadonlyMap<string, Resource>> {
  const who = whoAsks(request)
  const names = new Set(owners.flatMap(scopesOf))
  const found = [...names].map(async (name): Promise<[string, Resource]> => {
    return [name, await resourceOf(store, { kind: 'Environment', name }, who)]
  })
  return new Map(await Promise.all(found))
}

/** Whatever belongs to a service. */
type Served = Pick<PortOwner, 'service' | 'environment'>

/** The environments that an owner has to do with: the one that it names, and that of its service. */
function scopesOf({ service, environment }: Served): readonly string[] {
  const [own = service] = service.split('/')
  return environment === undefined || environment === own ? [own] : [environment, own]
}

/** @throws ports-unavailable where nobody leases ports */
function brokerOf({ parts: { ports } }: Api): PortBroker {
  if (ports !== undefined) return ports
  throw new Fault({
    code: 'ports-unavailable',
    operation: 'lease ports',
    subject: 'ports',
    hint: 'This server leases no ports.',
  })
}

function unknownLease(id: string): Fault {
  return new Fault({
    code: 'lease-unknown',
    operation: 'find the lease',
    subject: id,
    hint: `No port is leased as ${id} now.`,
  })
}

function unknownService(service: string): Fault {
  return new Fault({
    code: 'service-unknown',
    operation: 'claim a port',
    subject: service,
    hint: `Nothing called ${service} is known here.`,
  })
}
