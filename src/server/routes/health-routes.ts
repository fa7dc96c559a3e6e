/**
 * `/livez`, `/readyz`, `/metrics`: for whoever runs the server. The first two are open, as load
 * balancers expect, and tell nothing that is worth hiding.
 */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { App } from '../app.ts'
import { type Readiness, readinessOf } from '../health/readiness.ts'
import type { ServerParts } from '../parts.ts'
import { ofType } from '../schemas/content.ts'
import { named } from '../schemas/promised.ts'

const TAGS = ['health']

const READINESS: z.ZodType<Readiness> = named(
  'Readiness',
  z.object({
    ready: z.boolean(),
    checks: z.array(
      z.object({
        name: z.enum(['ledger', 'store', 'clock', 'migrations']),
        passed: z.boolean(),
        sentence: z.string(),
      }),
    ),
  }),
)

const LIVENESS = z.object({ live: z.literal(true) }).meta({ id: 'Liveness' })

/** Adds the routes. */
export function addHealthRoutes(app: App, parts: ServerParts): void {
  const ask = readinessOf(parts)
  app.get(
    '/livez',
    {
      schema: {
        operationId: 'getLiveness',
        summary: 'Say that the process answers',
        tags: TAGS,
        response: { 200: LIVENESS },
      },
      config: { permission: 'open' },
    },
    () => ({ live: true }) as const,
  )

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Say whether it is ready to serve: 200, or 503 with what is missing',
        tags: TAGS,
        response: { 200: READINESS, 503: READINESS },
      },
      config: { permission: 'open' },
    },
    async (_request, reply) => {
      const readiness = await ask()
      return await reply.code(readiness.ready ? 200 : 503).send(readiness)
    },
  )

  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        summary: 'Give the metrics in the text format of Prometheus',
        tags: TAGS,
        response: { 200: ofType('text/plain', z.string()) },
      },
      config: { permission: 'metrics.read' },
    },
    async (_request, reply) => {
      const { metrics } = parts
      if (metrics === undefined) throw uncounted()
      reply.type(metrics.contentType)
      return await metrics.text()
    },
  )
}

function uncounted(): Fault {
  const hint = 'This daemon serves one machine and counts nothing; a server does: `rampart serve`.'
  const operation = 'read the metrics'
  return new Fault({ code: 'route-unknown', operation, subject: 'metrics', hint })
}
