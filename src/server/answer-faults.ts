/**
 * How an app refuses: every fault as a problem document of the one table, whatever threw it. Bugs of
 * ours are told without their details, and reported.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AssertionFailure } from '../core/fault/assert.ts'
import { FAULT_CODES, type FaultCodeName } from '../core/fault/codes.ts'
import { Fault } from '../core/fault/fault.ts'
import type { App } from './app.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { RouteTable } from './route-table.ts'

/** Codes of the framework that have a meaning of their own; the others are malformed requests. */
const FRAMEWORK_CODES: Readonly<Record<string, FaultCodeName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-unknown',
}

/** Takes what went wrong by a bug, and the id of the request that met it. */
type OnTrouble = (error: unknown, request: string) => void

/** Lets an app answer so. To be called before any route is added. */
export function answerFaults(app: App, onTrouble: OnTrouble): void {
  const routes = new RouteTable()
  app.addHook('onRoute', ({ method, url }) => routes.add(method, url))
  app.setNotFoundHandler((request, reply) => {
    const methods = routes.methodsOf(request.url.split('?')[0] ?? '')
    if (methods.length === 0) throw routeUnknown(request)
    void reply.header('allow', methods.join(', '))
    throw methodUnknown(request, methods)
  })
  app.setErrorHandler(async (error, request, reply) => {
    const fault = faultFor(error, request, onTrouble)
    await sendFault(reply, fault)
    return reply
  })
}

/** Answers a request that never became one: its first line or its headers cannot be read. */
export function refuseUnread(response: ServerResponse, hint: string): void {
  const fault = malformed('read the request', hint)
  response.writeHead(FAULT_CODES[fault.code].httpStatus, { 'content-type': PROBLEM_TYPE })
  response.end(JSON.stringify(problemOf(fault)))
}

async function sendFault(reply: FastifyReply, fault: Fault): Promise<void> {
  const { httpStatus } = FAULT_CODES[fault.code]
  // A shape that was said for this status is that of another answer.
  const text = JSON.stringify(problemOf(fault))
  await reply.code(httpStatus).type(PROBLEM_TYPE).serializer(asItIs).send(text)
}

function asItIs(text: unknown): string {
  return String(text)
}

function faultFor(
  error: unknown,
  { method, url, id }: FastifyRequest,
  onTrouble: OnTrouble,
): Fault {
  if (error instanceof Fault) return error
  const operation = `${method} ${url}`
  const { statusCode, message, code } = error as FastifyError
  if (!(error instanceof AssertionFailure) && statusCode !== undefined && statusCode < 500) {
    const known = FRAMEWORK_CODES[code]
    if (known === undefined) return malformed(operation, message)
    const hint = known === 'media-unknown' ? 'Bodies are application/json.' : message
    return new Fault({ code: known, operation, subject: 'request', hint })
  }
  onTrouble(error, id)
  const hint = `The daemon failed by a bug of its own; its log says more under request ${id}.`
  return new Fault({ code: 'daemon-failed', operation, subject: 'daemon', hint, cause: error })
}

function malformed(operation: string, hint: string): Fault {
  return new Fault({ code: 'request-malformed', operation, subject: 'request', hint })
}

function routeUnknown({ method, url }: FastifyRequest): Fault {
  return new Fault({
    code: 'route-unknown',
    operation: `${method} ${url}`,
    subject: url,
    hint: 'The daemon has no such address; it may be of another version.',
  })
}

function methodUnknown({ method, url }: FastifyRequest, methods: readonly string[]): Fault {
  return new Fault({
    code: 'method-unknown',
    operation: `${method} ${url}`,
    subject: url,
    hint: `There is no ${method} here, but ${methods.join(' and ')}.`,
  })
}
