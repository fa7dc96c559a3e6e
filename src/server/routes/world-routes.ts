/** What is running: environments, logs, and what the kernel says is left. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Fault } from '../../core/fault/fault.ts'
import type { RampState } from '../../core/ramp/state.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import { parseRequest } from '../parse-request.ts'
import type { ServerParts } from '../parts.ts'
import type { RampIndex } from '../ramp-index.ts'
import { HEARTBEAT_MS } from '../ramp-stream.ts'
import { LOGS, type LogsRequest } from '../requests.ts'
import { SlowWriter } from '../slow-writer.ts'
import { watchViewOf } from '../watch-view.ts'
import type { ComponentView, EnvironmentView, RampSummary } from '../wire.ts'

/** Adds the routes. */
export function addWorldRoutes(app: FastifyInstance, parts: ServerParts, index: RampIndex): void {
  app.get('/v1/environments', async () =>
    environmentsOf(
      await index.latestOfEach(),
      parts.components.list(),
      parts.engine.underWay().filter(({ plan }) => plan.endless === true),
    ),
  )

  app.get('/v1/leftovers', () => parts.components.leftovers())

  app.get('/v1/logs', async (request, reply) => {
    const wanted = parseRequest(LOGS, request.query, 'query')
    const { subject } = wanted
    const isKnown = parts.components.list().some((component) => component.subject === subject)
    if (subject !== undefined && !isKnown) throw unknownComponent(subject)
    await sendLogs(parts, reply, wanted)
  })
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

async function sendLogs(
  parts: ServerParts,
  reply: FastifyReply,
  wanted: LogsRequest,
): Promise<void> {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  // Headers go at once: a quiet component may not write for a long time.
  reply.raw.flushHeaders()
  const writer = new SlowWriter(reply.raw)
  const beat = startBeat(parts.clock, writer)
  const { subject, tail, follow } = wanted
  const which = subject === undefined ? {} : { subject }
  try {
    const logs = parts.components.logs({ ...which, tailLines: tail, follow, signal: writer.gone })
    for await (const line of logs) await writer.write(`${JSON.stringify(line)}\n`)
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
