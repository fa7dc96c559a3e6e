/**
 * `/v1/services`: who serves what, now or when it is different, for whoever may see it. What is answered
 * is discovery's own answer; here it is decided alone of whom it speaks.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../../core/fault/fault.ts'
import { followBroker } from '../../edge/discovery/broker-endpoints.ts'
import { EndpointTable } from '../../edge/discovery/endpoint-table.ts'
import { answerServices } from '../../edge/discovery/http/answer-services.ts'
import { ServiceWatch } from '../../edge/discovery/http/service-watch.ts'
import type { Endpoints } from '../../seams/endpoints.ts'
import { maySee, whoAsks } from '../access/add-access.ts'
import { isWhole } from '../access/permissions.ts'
import { resourceOf } from '../access/ramp-resource.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { SERVICE_LIST, SERVICE_PARAMS, SERVICES_QUERY } from '../schemas/services.ts'
import { SeenEndpoints } from '../seen-endpoints.ts'

const TAGS = ['services']

/** How many may wait or follow at once. */
const WAITING_MAX = 4_096

/** Whoever came by a token or a session must show it again so often. @unit ms */
const LIFETIME_MS = 15 * 60 * 1_000

/** Adds the routes. */
export function addServiceRoutes(app: App, api: Api): void {
  const services = new Services(api)
  const config = { permission: 'ports.read' } as const
  const response = { 200: SERVICE_LIST }

  app.get(
    '/v1/services',
    {
      schema: {
        operationId: 'listServices',
        summary: 'List who is ready to serve; with the index of an answer, when it is different',
        tags: TAGS,
        querystring: SERVICES_QUERY,
        response,
      },
      config,
    },
    async (request, reply) => await services.answer(request, reply),
  )

  app.get(
    '/v1/services/:service',
    {
      schema: {
        operationId: 'findService',
        summary: 'List who is ready to serve one service, by its name; nobody is no error',
        tags: TAGS,
        params: SERVICE_PARAMS,
        querystring: SERVICES_QUERY,
        response,
      },
      config,
    },
    async (request, reply) => await services.answer(request, reply, request.params.service),
  )

  // The same with the slash of a name as it is: `/v1/services/shop/api`.
  app.get(
    '/v1/services/*',
    { schema: { hide: true, querystring: SERVICES_QUERY }, config },
    async (request, reply) => {
      const { '*': name } = request.params as { readonly '*': string }
      await services.answer(request, reply, name)
    },
  )
}

/** Answers, of one table for all who ask. */
class Services {
  readonly #api: Api
  #endpoints: Endpoints | undefined
  #whole: ServiceWatch | undefined
  #waiting = 0

  constructor(api: Api) {
    this.#api = api
  }

  async answer(request: FastifyRequest, reply: FastifyReply, name?: string): Promise<void> {
    const { clock } = this.#api.parts
    const watch = await this.#watchFor(request)
    const { raw: response } = reply
    reply.hijack()
    response.setHeader('x-request-id', request.id)
    this.#count(response)
    this.#limit(request, response)
    try {
      await answerServices({ watch, clock }, { request: request.raw, response }, name)
    } catch (error) {
      response.destroy()
      this.#api.parts.onTrouble(error, request.id)
    }
  }

  /** Whoever sees everything shares one watch; a part is worked out for who asks. */
  async #watchFor(request: FastifyRequest): Promise<ServiceWatch> {
    const { store, parts } = this.#api
    const { clock, random } = parts
    const endpoints = this.#follow()
    const who = whoAsks(request)
    const isFree = who.grants.some(({ role, scope }) => role !== 'agent' && isWhole(scope))
    if (who.kind === 'local' || isFree) {
      this.#whole ??= new ServiceWatch({ endpoints, clock, random, waitingMax: WAITING_MAX })
      return this.#whole
    }
    const seen = await SeenEndpoints.of(endpoints, {
      onTrouble: (error) => parts.onTrouble(error, request.id),
      maySee: async (environment) => {
        const resource = await resourceOf(store, { kind: 'Environment', name: environment }, who)
        return maySee(request, resource, 'ports.read')
      },
    })
    const waitingMax = Math.max(0, WAITING_MAX - this.#waiting)
    return new ServiceWatch({ endpoints: seen, clock, random, waitingMax })
  }

  /** @throws ports-unavailable where nobody leases ports */
  #follow(): Endpoints {
    if (this.#endpoints !== undefined) return this.#endpoints
    const { ports, clock } = this.#api.parts
    if (ports === undefined) {
      throw new Fault({
        code: 'ports-unavailable',
        operation: 'find services',
        subject: 'services',
        hint: 'This server leases no ports, so that it knows of nobody who serves.',
      })
    }
    // Indexes of this run are greater than those of all before.
    const table = new EndpointTable(clock.nowMs())
    followBroker(ports, table)
    this.#endpoints = table
    return table
  }

  #count(response: ServerResponse): void {
    this.#waiting += 1
    response.once('close', () => {
      this.#waiting -= 1
    })
  }

  #limit(request: FastifyRequest, response: ServerResponse): void {
    if (whoAsks(request).kind === 'local') return
    const { clock } = this.#api.parts
    const timer = clock.wakeAt(clock.nowMs() + LIFETIME_MS, () => response.end())
    response.once('close', () => timer.cancel())
  }
}
