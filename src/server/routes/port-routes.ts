/** `/v1/ports`: who has which port, and claiming, handing over and giving back leases of them. */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import { type Asking, assertMay, maySee } from '../access/add-access.ts'
import type { Resource } from '../access/permissions.ts'
import type { App } from '../app.ts'
import type { ServerParts } from '../parts.ts'
import {
  ASSIGN_REQUEST,
  CLAIM_REQUEST,
  LEASE_LIST,
  LEASE_PARAMS,
  PORT_GRANT,
  PORT_LEASE,
  PORT_PARAMS,
  PORT_STORY,
} from '../schemas/ports.ts'

const TAGS = ['ports']

/** Adds the routes. */
export function addPortRoutes(app: App, parts: ServerParts): void {
  addLooking(app, parts)
  addClaiming(app, parts)
  addAssigning(app, parts)
}

function addLooking(app: App, parts: ServerParts): void {
  const config = { permission: 'ports.read' } as const

  app.get(
    '/v1/ports',
    {
      schema: {
        operationId: 'listPorts',
        summary: 'List the leases of ports that are not free',
        tags: TAGS,
        response: { 200: LEASE_LIST },
      },
      config,
    },
    (request) => {
      const broker = brokerOf(parts)
      const { index } = broker
      const leases = broker.leases().filter((lease) => maySee(request, resourceOf(lease)))
      return { index, leases }
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
        response: { 200: PORT_STORY },
      },
      // Who listens on a machine is nobody's who sees but a part of it.
      config: { permission: 'ports.explain' },
    },
    async ({ params: { port } }) => await brokerOf(parts).story(port),
  )
}

function addClaiming(app: App, parts: ServerParts): void {
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
      for (const { owner } of wishes) {
        assertMay(request, resourceOf({ owner }), () => unknownService(owner.service))
      }
      return await brokerOf(parts).claim(wishes)
    },
  )
}

function addAssigning(app: App, parts: ServerParts): void {
  const config = { permission: 'ports.claim' } as const

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
      const { id } = leaseFor(request, parts, request.params.lease)
      return await brokerOf(parts).assign(id, request.body.process)
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
      const { id } = leaseFor(request, parts, request.params.lease)
      await brokerOf(parts).release(id, `Given back by ${request.identity?.name ?? 'nobody'}.`)
      return await reply.code(204).send(null)
    },
  )
}

/** The lease, for whoever may change it. @throws lease-unknown, forbidden */
function leaseFor(request: Asking, parts: ServerParts, id: string): PortLease {
  const lease = brokerOf(parts)
    .leases()
    .find((one) => one.id === id)
  if (lease === undefined) throw unknownLease(id)
  assertMay(request, resourceOf(lease), () => unknownLease(id))
  return lease
}

/** What scopes speak of: the environment that the service belongs to. */
function resourceOf({ owner }: Pick<PortLease, 'owner'>): Resource {
  return { kind: 'Environment', name: owner.service.split('/')[0] ?? owner.service }
}

/** @throws ports-unavailable where nobody leases ports */
function brokerOf({ ports }: ServerParts): PortBroker {
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
