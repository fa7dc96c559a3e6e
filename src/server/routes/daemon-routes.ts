/** `/v1/daemon`: who the daemon is, and asking it to stop. */
import { z } from 'zod'
import { maySee } from '../access/add-access.ts'
import type { App } from '../app.ts'
import type { ServerParts } from '../parts.ts'
import { ofType } from '../schemas/content.ts'
import { DAEMON_VIEW } from '../schemas/daemon.ts'
import type { DaemonView } from '../wire.ts'

const TAGS = ['daemon']

/** Adds the routes. */
export function addDaemonRoutes(app: App, parts: ServerParts): void {
  app.get(
    '/v1/daemon',
    {
      schema: {
        operationId: 'getDaemon',
        summary: 'Say who serves, and what is under way',
        tags: TAGS,
        response: { 200: DAEMON_VIEW },
      },
      config: { permission: 'self' },
    },
    (request): DaemonView => {
      const { identity, clock, engine, components } = parts
      const ramps = engine
        .underWay()
        .filter(({ plan }) => maySee(request, plan.contract))
        .map((state) => state.ramp)
      const running = components.list().filter((component) => component.status === 'running')
      return { ...identity, nowMs: clock.nowMs(), ramps, components: running.length }
    },
  )

  app.post(
    '/v1/daemon/stop',
    {
      schema: {
        operationId: 'stopDaemon',
        summary: 'Stop the daemon; what runs keeps running, and the answer ends with the daemon',
        tags: TAGS,
        response: { 202: ofType('application/x-ndjson', z.object({ pid: z.number().int() })) },
      },
      config: { permission: 'daemon.manage' },
    },
    (_request, reply) => {
      // The answer ends with the daemon itself, so that whoever asked can wait for that.
      reply.hijack()
      reply.raw.writeHead(202, { 'content-type': 'application/x-ndjson' })
      reply.raw.write(`${JSON.stringify({ pid: parts.identity.pid })}\n`)
      parts.stop()
    },
  )
}
