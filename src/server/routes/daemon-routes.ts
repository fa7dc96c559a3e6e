/** `/v1/daemon`: who the daemon is, and asking it to stop. */
import type { FastifyInstance } from 'fastify'
import type { ServerParts } from '../parts.ts'
import type { DaemonView } from '../wire.ts'

/** Adds the routes. */
export function addDaemonRoutes(app: FastifyInstance, parts: ServerParts): void {
  app.get('/v1/daemon', (): DaemonView => {
    const { identity, clock, engine, components } = parts
    const ramps = engine.underWay().map((state) => state.ramp)
    const running = components.list().filter((component) => component.status === 'running')
    return { ...identity, nowMs: clock.nowMs(), ramps, components: running.length }
  })

  app.post('/v1/daemon/stop', (_request, reply) => {
    // The answer ends with the daemon itself, so that whoever asked can wait for that.
    reply.hijack()
    reply.raw.writeHead(202, { 'content-type': 'application/x-ndjson' })
    reply.raw.write(`${JSON.stringify({ pid: parts.identity.pid })}\n`)
    parts.stop()
  })
}
