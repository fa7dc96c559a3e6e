/**
 * What routes are written against: fastify with zod. Every route says its operation's id, a summary,
 * tags, the shapes of what it takes and gives, and in `config` the permission it asks for. What is
 * taken is parsed by its shape; what is given is sent as it is, and tests prove that it has its shape,
 * so that no answer pays for being looked at twice.
 */
import { randomUUID } from 'node:crypto'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
// Makes fastify's schemas know of `operationId`, `summary` and `tags`; nothing of it is loaded.
import type {} from '@fastify/swagger'
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { refuseUnread } from './answer-faults.ts'
import { parseRequest } from './parse-request.ts'

/** The server that routes are added to. */
export type App = FastifyInstance<
  HttpServer,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** The longest body that is read. @unit bytes */
const BODY_MAX: number = 4 * 1024 * 1024

/** How parts of a request are called when something is wrong with them. */
const PART_NAMES: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'headers',
}

/** How an app is opened. */
export interface AppOptions {
  /** Whether a proxy says who asks. @default false */
  readonly trustProxy?: boolean
}

/** An app without any route. */
export function openApp({ trustProxy = false }: AppOptions = {}): App {
  const app = fastify({
    bodyLimit: BODY_MAX,
    forceCloseConnections: true,
    // The proxy before us and nobody else: what is said of the way to it, anybody may have written.
    trustProxy: trustProxy && ((_address, hop) => hop === 0),
    genReqId: () => randomUUID(),
    frameworkErrors: (error, _request, reply) => refuseUnread(reply.raw, error.message),
    routerOptions: { maxParamLength: 500 },
  }).withTypeProvider<ZodTypeProvider>()
  // Only JSON is read; a form that a browser sends without asking first is none.
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart = 'body' }) => (sent) => {
    try {
      return { value: parseRequest(schema, sent, PART_NAMES[httpPart] ?? httpPart) }
    } catch (error) {
      return { error: error as Error }
    }
  })
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  return app
}
