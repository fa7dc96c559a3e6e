/**
 * `/v1/agents`, `/v1/regions`: who works where. `/v1/agent/…`: what an agent itself asks for; only
 * ever called by agents, which are told what to do on a stream that they have opened.
 */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import { pageOf } from '../../core/units/page-of.ts'
import { forbidden, whoAsks } from '../access/add-access.ts'
import { foreignCertificate } from '../access/agent-certificates.ts'
import type { Identity } from '../access/identity.ts'
import { mayServe } from '../access/permissions.ts'
import { admissionNote } from '../agents/admission-note.ts'
import type { AgentIdentity } from '../agents/agent-session.ts'
import { ErrandWriter } from '../agents/errand-writer.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { LIVE_HEADERS } from '../live-answer.ts'
import type { AgentParts, ServerParts } from '../parts.ts'
import type { GoingRamp } from '../ramp-index.ts'
import {
  AGENT_ERRAND,
  AGENT_LIST,
  AGENT_REPORTS,
  AGENT_REPORTS_REPLY,
  AGENT_VIEW,
  AGENT_WORK,
  type AgentWorkQuery,
  REGION_LIST,
} from '../schemas/agents.ts'
import { ofType } from '../schemas/content.ts'
import { PAGE_OF } from '../schemas/paging.ts'
import { SlowWriter } from '../slow-writer.ts'
import type { AgentView, RegionView } from '../wire/agents.ts'
import { seenBy } from './seen-ramps.ts'

const TAGS = ['agents']

const REGION_PARAMS = z.object({ region: z.string().min(1).max(200) })

/** What they need. */
type AgentRouteParts = Pick<Api, 'parts' | 'access' | 'index' | 'store'>

/** Adds the routes. */
export function addAgentRoutes(app: App, api: AgentRouteParts): void {
  const { parts } = api
  addLooking(app, api)
  addRemoving(app, parts)
  addWork(app, api)
  addReports(app, parts)
}

function addLooking(app: App, { parts, index, store }: AgentRouteParts): void {
  const { agents } = parts
  app.get(
    '/v1/agents',
    {
      schema: {
        operationId: 'listAgents',
        summary: 'List the agents of every region',
        tags: TAGS,
        querystring: PAGE_OF,
        response: { 200: AGENT_LIST },
      },
      config: { permission: 'agents.read' },
    },
    async ({ query }) => {
      const { items, ...next } = pageOf(await everyAgent(agents), ({ region }) => region, query)
      return { agents: items, ...next }
    },
  )

  app.get(
    '/v1/regions',
    {
      schema: {
        operationId: 'listRegions',
        summary: 'List regions with who works there and what is under way',
        tags: TAGS,
        querystring: PAGE_OF,
        response: { 200: REGION_LIST },
      },
      config: { permission: 'agents.read' },
    },
    async (request) => {
      const underWay = await index.underWay(seenBy(request, { store }))
      const regions = regionsOf(await everyAgent(agents), underWay)
      const { items, ...next } = pageOf(regions, ({ region }) => region, request.query)
      return { regions: items, ...next }
    },
  )
}

function addRemoving(app: App, parts: ServerParts): void {
  app.get(
    '/v1/regions/:region/agent',
    {
      schema: {
        operationId: 'getAgent',
        summary: 'Look at the agent of a region',
        tags: TAGS,
        params: REGION_PARAMS,
        response: { 200: AGENT_VIEW },
      },
      config: { permission: 'agents.read', etag: true },
    },
    async ({ params: { region } }, reply) => {
      const agents = await everyAgent(parts.agents)
      const agent = agents.find((one) => one.region === region)
      if (agent === undefined) throw noAgent(region)
      if (agent.etag !== undefined) void reply.header('etag', agent.etag)
      return agent
    },
  )

  app.delete(
    '/v1/regions/:region/agent',
    {
      schema: {
        operationId: 'removeAgent',
        summary: 'Let a region have no agent any more; its stages are then done by the server',
        tags: TAGS,
        params: REGION_PARAMS,
        response: { 204: z.null() },
      },
      config: { permission: 'daemon.manage', ifMatch: true },
    },
    async ({ params: { region }, precondition }, reply) => {
      const { register, desk } = agentsOf(parts)
      if (desk.views().some((agent) => agent.region === region)) throw stillConnected(region)
      if (!(await register.remove(region, precondition))) throw noAgent(region)
      return await reply.code(204).send(null)
    },
  )
}

function addWork(app: App, { parts, access }: AgentRouteParts): void {
  app.get(
    '/v1/agent/work',
    {
      schema: {
        operationId: 'takeWork',
        summary: 'Work for a region: errands come on this stream for as long as it lasts',
        tags: TAGS,
        querystring: AGENT_WORK,
        response: { 200: ofType('text/event-stream', AGENT_ERRAND) },
      },
      config: { permission: 'agents.work' },
    },
    async (request, reply): Promise<void> => {
      const { desk } = agentsOf(parts)
      const identity = admittedAgent(whoAsks(request), request.query)
      const writer = new SlowWriter(reply.raw)
      const errands = new ErrandWriter(writer, () => reply.raw.destroy())
      const connection = {
        identity,
        isReplacing: request.query.replace,
        note: async (agent: AgentIdentity) => void (await access.audit.note(admissionNote(agent))),
        // The first errand goes out only when the agent was let in.
        send: (errand: Parameters<ErrandWriter['send']>[0]): void => {
          if (!reply.raw.headersSent) {
            reply.hijack()
            reply.raw.writeHead(200, { 'content-type': 'text/event-stream', ...LIVE_HEADERS })
          }
          errands.send(errand)
        },
        beat: () => writer.beat(': still here\n\n'),
        end: () => reply.raw.destroy(),
      }
      const { leave } = await desk.connect(connection)
      writer.gone.addEventListener('abort', leave, { once: true })
      if (writer.gone.aborted) leave()
    },
  )
}

function addReports(app: App, parts: ServerParts): void {
  app.post(
    '/v1/agent/reports',
    {
      schema: {
        operationId: 'reportWork',
        summary: 'Say what became of errands; none at all says that the agent is there',
        tags: TAGS,
        body: AGENT_REPORTS,
        response: { 200: AGENT_REPORTS_REPLY },
      },
      config: { permission: 'agents.work' },
    },
    (request) => {
      const { desk } = agentsOf(parts)
      const who = whoAsks(request)
      const { session } = request.body
      const region = desk.regionOf(session)
      // A token may be for more regions than the certificate that it comes with today.
      const isOwn = region !== undefined && mayServe(who, region)
      if (!isOwn || !desk.report(who.name, request.body)) throw sessionOver(session)
      return { heard: true } as const
    },
  )
}

/** An agent as it presents itself, for a region that it may work for. */
function admittedAgent(who: Identity, presented: AgentWorkQuery): AgentIdentity {
  const { name, certificate } = who
  const { region, instance, version } = presented
  if (certificate?.regions.includes(region) === false) {
    throw foreignCertificate(who, certificate, [region])
  }
  if (!mayServe(who, region)) throw forbidden(who, 'agents.work', region)
  if (certificate === undefined) return { name, region, instance, version }
  const { subject, fingerprint, untilMs } = certificate
  return { name, region, instance, version, certificate: { subject, fingerprint, untilMs } }
}

/** The connected ones, and those that are known of regions whose agent is away. */
async function everyAgent(agents: AgentParts | undefined): Promise<readonly AgentView[]> {
  if (agents === undefined) return []
  const { desk, register } = agents
  const registered = await register.list()
  const etags = new Map(registered.map(({ region, etag }) => [region, etag]))
  const connected = desk.views().map((agent): AgentView => {
    const etag = etags.get(agent.region)
    return etag === undefined ? agent : { ...agent, etag }
  })
  const here = new Set(connected.map(({ region }) => region))
  const known = registered.filter(({ region }) => !here.has(region))
  const away = known.map(
    ({ name, region, version, certificate, lastSeenAtMs, etag }): AgentView => ({
      name,
      region,
      etag,
      status: 'lost',
      version,
      ...(certificate === undefined ? {} : { certificate }),
      sinceMs: lastSeenAtMs,
      lastSeenAtMs,
      busyWith: 0,
    }),
  )
  return [...connected, ...away].sort((one, other) => (one.region < other.region ? -1 : 1))
}

function regionsOf(
  agents: readonly AgentView[],
  underWay: readonly GoingRamp[],
): readonly RegionView[] {
  const ramps = Map.groupBy(
    underWay.flatMap(({ summary: { ramp }, groups }) => groups.map((group) => ({ ramp, group }))),
    ({ group }) => group,
  )
  const names = new Set([...agents.map(({ region }) => region), ...ramps.keys()])
  return [...names].sort().map((region) => ({
    region,
    agents: agents.filter((agent) => agent.region === region),
    ramps: (ramps.get(region) ?? []).map(({ ramp }) => ramp),
  }))
}

/** @throws route-unknown where no agent can work */
function agentsOf({ agents }: ServerParts): AgentParts {
  if (agents !== undefined) return agents
  const hint = 'This daemon serves one machine; agents work for a server: `rampart serve`.'
  const operation = 'work for the server'
  throw new Fault({ code: 'route-unknown', operation, subject: 'agents', hint })
}

function noAgent(region: string): Fault {
  return new Fault({
    code: 'agent-unknown',
    operation: 'remove the agent',
    subject: region,
    hint: `No agent works for region ${region}.`,
  })
}

function stillConnected(region: string): Fault {
  return new Fault({
    code: 'agent-connected',
    operation: 'remove the agent',
    subject: region,
    hint: `The agent of region ${region} is at work, and would only come back.`,
  })
}

function sessionOver(session: string): Fault {
  return new Fault({
    code: 'agent-session-over',
    operation: 'take reports',
    subject: session,
    hint: 'This connection was given up, or another one took its place.',
  })
}
