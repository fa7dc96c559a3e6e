/**
 * `/v1/agents`, `/v1/regions`: who works where. `/v1/agent/…`: what an agent itself asks for; only
 * ever called by agents, which are told what to do on a stream that they have opened.
 */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { forbidden, maySee, whoAsks } from '../access/add-access.ts'
import { mayServe } from '../access/permissions.ts'
import { ErrandWriter } from '../agents/errand-writer.ts'
import type { App } from '../app.ts'
import { LIVE_HEADERS } from '../live-answer.ts'
import type { AgentParts, ServerParts } from '../parts.ts'
import {
  AGENT_ERRAND,
  AGENT_LIST,
  AGENT_REPORTS,
  AGENT_REPORTS_REPLY,
  AGENT_WORK,
  REGION_LIST,
} from '../schemas/agents.ts'
import { ofType } from '../schemas/content.ts'
import { SlowWriter } from '../slow-writer.ts'
import type { AgentView, RegionView } from '../wire/agents.ts'

const TAGS = ['agents']

/** Adds the routes. */
export function addAgentRoutes(app: App, parts: ServerParts): void {
  addLooking(app, parts)
  addRemoving(app, parts)
  addWork(app, parts)
  addReports(app, parts)
}

function addLooking(app: App, { engine, agents }: ServerParts): void {
  app.get(
    '/v1/agents',
    {
      schema: {
        operationId: 'listAgents',
        summary: 'List the agents of every region',
        tags: TAGS,
        response: { 200: AGENT_LIST },
      },
      config: { permission: 'agents.read' },
    },
    async () => ({ agents: await everyAgent(agents) }),
  )

  app.get(
    '/v1/regions',
    {
      schema: {
        operationId: 'listRegions',
        summary: 'List regions with who works there and what is under way',
        tags: TAGS,
        response: { 200: REGION_LIST },
      },
      config: { permission: 'agents.read' },
    },
    async (request) => {
      const seen = engine.underWay().filter(({ plan: { contract } }) => maySee(request, contract))
      return { regions: regionsOf(await everyAgent(agents), seen) }
    },
  )
}

function addRemoving(app: App, parts: ServerParts): void {
  app.delete(
    '/v1/regions/:region/agent',
    {
      schema: {
        operationId: 'removeAgent',
        summary: 'Let a region have no agent any more; its stages are then done by the server',
        tags: TAGS,
        params: z.object({ region: z.string().min(1).max(200) }),
        response: { 204: z.null() },
      },
      config: { permission: 'daemon.manage' },
    },
    async ({ params: { region } }, reply) => {
      const { register, desk } = agentsOf(parts)
      if (desk.views().some((agent) => agent.region === region)) throw stillConnected(region)
      if (!(await register.remove(region))) throw noAgent(region)
      return await reply.code(204).send(null)
    },
  )
}

function addWork(app: App, parts: ServerParts): void {
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
      const { region, instance, version, replace } = request.query
      const { desk } = agentsOf(parts)
      const identity = whoAsks(request)
      if (!mayServe(identity, region)) throw forbidden(identity, 'agents.work', region)
      const writer = new SlowWriter(reply.raw)
      const errands = new ErrandWriter(writer, () => reply.raw.destroy())
      const connection = {
        identity: { name: identity.name, region, instance, version },
        isReplacing: replace,
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
      const { name } = whoAsks(request)
      if (!desk.report(name, request.body)) throw sessionOver(request.body.session)
      return { heard: true } as const
    },
  )
}

/** The connected ones, and those that are known of regions whose agent is away. */
async function everyAgent(agents: AgentParts | undefined): Promise<readonly AgentView[]> {
  if (agents === undefined) return []
  const { desk, register } = agents
  const connected = desk.views()
  const here = new Set(connected.map(({ region }) => region))
  const known = (await register.list()).filter(({ region }) => !here.has(region))
  const away = known.map(
    ({ name, region, version, lastSeenAtMs }): AgentView => ({
      name,
      region,
      status: 'lost',
      version,
      sinceMs: lastSeenAtMs,
      lastSeenAtMs,
      busyWith: 0,
    }),
  )
  return [...connected, ...away].sort((one, other) => (one.region < other.region ? -1 : 1))
}

function regionsOf(
  agents: readonly AgentView[],
  underWay: readonly RampState[],
): readonly RegionView[] {
  const ramps = Map.groupBy(
    underWay.flatMap(({ ramp, plan }) => plan.groups.map((group) => ({ ramp, group: group.name }))),
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
