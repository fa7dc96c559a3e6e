/** `/v1/daemon`: who the daemon is, and asking it to stop. */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import { maySee, whoAsks } from '../access/add-access.ts'
import { resourceOf } from '../access/ramp-resource.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { ofType } from '../schemas/content.ts'
import { DAEMON_STOP, DAEMON_VIEW } from '../schemas/daemon.ts'
import type { DaemonView } from '../wire.ts'

const TAGS = ['daemon']

/** Adds the routes. */
export function addDaemonRoutes(app: App, { parts, store }: Pick<Api, 'parts' | 'store'>): void {
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
    // Of this process alone, without the ledger: it is how one learns whether it answers at all.
    async (request): Promise<DaemonView> => {
      const { identity, clock, engine, components } = parts
      const who = whoAsks(request)
      const ramps: string[] = []
      for (const { ramp, plan } of engine.underWay()) {
        if (maySee(request, await resourceOf(store, plan.contract, who))) ramps.push(ramp)
      }
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
        querystring: DAEMON_STOP,
        response: { 202: ofType('application/x-ndjson', z.object({ pid: z.number().int() })) },
      },
      config: { permission: 'daemon.manage' },
    },
    ({ query }, reply) => {
      // Judged here: whoever has looked before may speak to the one that has come since.
      if (query.onlyWithoutDoors && parts.identity.hasDoors) throw servesOthers()
      // The answer ends with the daemon itself, so that whoever asked can wait for that.
      reply.hijack()
      reply.raw.writeHead(202, { 'content-type': 'application/x-ndjson' })
      reply.raw.write(`${JSON.stringify({ pid: parts.identity.pid })}\n`)
      parts.stop()
    },
  )
}

function servesOthers(): Fault {
  return new Fault({
    code: 'precondition-failed',
    operation: 'stop the daemon',
    subject: 'daemon',
    hint: 'Others reach it over the network, so that it goes on.',
  })
}
