/** What is running: environments, logs, and what the kernel says is left. */
import type { ServerResponse } from 'node:http'

import { Fault } from '../../core/fault/fault.ts'
import type { RampState } from '../../core/ramp/state.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Asking } from '../access/add-access.ts'
import { componentsEverywhere, logsEverywhere } from '../agents/everywhere.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import type { ServerParts } from '../parts.ts'
import { HEARTBEAT_MS } from '../ramp-stream.ts'
import { LOGS, type LogsRequest } from '../requests.ts'
import { ofType } from '../schemas/content.ts'
import { listOf } from '../schemas/promised.ts'
import { ENVIRONMENT_VIEW, LEFTOVERS_VIEW, LOG_LINE } from '../schemas/world.ts'
import { SlowWriter } from '../slow-writer.ts'
import { watchViewOf } from '../watch-view.ts'
import type { ComponentView, EnvironmentView, RampSummary } from '../wire.ts'
import { seenBy } from './seen-ramps.ts'

const TAGS = ['environments']

/** Adds the routes. */
export function addWorldRoutes(app: App, api: Api): void {
  const { parts, index } = api
  const config = { permission: 'ramps.read' } as const

  app.get(
    '/v1/environments',
    {
      schema: {
        operationId: 'listEnvironments',
        summary: 'List contracts with their last ramp and what is running of them',
        tags: TAGS,
        response: { 200: listOf(ENVIRONMENT_VIEW) },
      },
      config,
    },
    async (request) => {
      const isSeen = seenBy(request, api)
      const components = await componentsEverywhere(parts)
      const latest = await index.latestOfEach(isSeen)
      const names = new Set(latest.map(({ contract }) => contract.name))
      const isShown = (name: string): boolean => isSeen === undefined || names.has(name)
      return environmentsOf(
        latest,
        components.filter(({ subject }) => isShown(contractOf(subject))),
        parts.engine
          .underWay()
          .filter(({ plan }) => plan.endless === true && isShown(plan.contract.name)),
      )
    },
  )

  app.get(
    '/v1/leftovers',
    {
      schema: {
        operationId: 'listLeftovers',
        summary: 'Ask the kernel what runs or listens of this workspace',
        tags: TAGS,
        response: { 200: LEFTOVERS_VIEW },
      },
      config: { permission: 'daemon.manage' },
    },
    () => parts.components.leftovers(),
  )

  app.get(
    '/v1/logs',
    {
      schema: {
        operationId: 'readLogs',
        summary: 'Read what components wrote, one JSON document a line',
        tags: TAGS,
        querystring: LOGS,
        response: { 200: ofType('application/x-ndjson', LOG_LINE) },
      },
      config,
    },
    async (request, reply): Promise<void> => {
      const { subject } = request.query
      const isSeen = await seenComponents(request, api)
      const isKnown = async (): Promise<boolean> =>
        (await componentsEverywhere(parts)).some(
          (component) => component.subject === subject && isSeen(component.subject),
        )
      if (subject !== undefined && !(await isKnown())) throw unknownComponent(subject)
      await sendLogs(parts, reply, { ...request.query, isSeen })
    },
  )
}

/** Whether whoever asks may see what a component writes: they may see the last ramp of its contract. */
async function seenComponents(request: Asking, api: Api): Promise<(subject: string) => boolean> {
  const isSeen = seenBy(request, api)
  if (isSeen === undefined) return () => true
  const seen = await api.index.latestOfEach(isSeen)
  const names = new Set(seen.map(({ contract }) => contract.name))
  return (subject) => names.has(contractOf(subject))
}

/** Contracts with their last ramp and what is running of them, by name. */
export function environmentsOf(
  latest: readonly RampSummary[],
  components: readonly ComponentView[],
  watching: readonly RampState[] = [],
): readonly EnvironmentView[] {
  const names = new Set(latest.map((ramp) => ramp.contract.name))
  for (const component of components) names.add(contractOf(component.subject))
  return [...names].sort().map((contract) => {
    const lastRamp = latest.find((ramp) => ramp.contract.name === contract)
    const watch = watching.find(({ plan }) => plan.contract.name === contract)
    return {
      contract,
      ...(lastRamp === undefined ? {} : { lastRamp }),
      ...(watch === undefined ? {} : { watch: watchViewOf(watch) }),
      components: latestStarts(
        components.filter((component) => contractOf(component.subject) === contract),
      ),
    }
  })
}

/** Of every component the latest start, and any earlier one that still runs. */
function latestStarts(components: readonly ComponentView[]): readonly ComponentView[] {
  const latest = new Map(components.map((component) => [component.subject, component]))
  return components.filter(
    (component) => component.status === 'running' || latest.get(component.subject) === component,
  )
}

function contractOf(subject: string): string {
  return subject.split('/')[0] ?? subject
}

/** Which lines, of those that whoever asks may see. */
interface SeenLogs extends LogsRequest {
  isSeen(subject: string): boolean
}

/** A reply that can be written to by hand. */
interface Hijackable {
  readonly raw: ServerResponse
  hijack(): unknown
}

async function sendLogs(parts: ServerParts, reply: Hijackable, wanted: SeenLogs): Promise<void> {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  // Headers go at once: a quiet component may not write for a long time.
  reply.raw.flushHeaders()
  const writer = new SlowWriter(reply.raw)
  const beat = startBeat(parts.clock, writer)
  const { subject, tail, follow, isSeen } = wanted
  const which = subject === undefined ? {} : { subject }
  try {
    const lines = { ...which, tailLines: tail, follow, signal: writer.gone }
    const logs = logsEverywhere(parts, lines)
    for await (const line of logs) {
      if (isSeen(line.subject)) await writer.write(`${JSON.stringify(line)}\n`)
    }
    writer.end()
  } catch (error) {
    reply.raw.destroy()
    parts.onTrouble(error)
  } finally {
    beat.cancel()
  }
}

function startBeat(clock: Clock, writer: SlowWriter): Timer {
  let timer: Timer
  const beat = (): void => {
    writer.beat('\n')
    timer = clock.wakeAt(clock.nowMs() + HEARTBEAT_MS, beat)
  }
  timer = clock.wakeAt(clock.nowMs() + HEARTBEAT_MS, beat)
  return { cancel: () => timer.cancel() }
}

function unknownComponent(subject: string): Fault {
  return new Fault({
    code: 'component-unknown',
    operation: 'read the logs',
    subject,
    hint: `Nothing called ${subject} was ever started here.`,
  })
}
