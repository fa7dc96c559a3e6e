/**
 * Answers Envoy's `POST /v3/discovery:endpoints`: with who serves the clusters that it names, or with
 * 304 when that is what it has.
 *
 * @source https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#rest-json-polling-subscriptions
 */
import type { IncomingMessage } from 'node:http'
import {
  answerJson,
  answerNotModified,
  answerProblem,
  type HttpExchange,
  refuseMethod,
} from '../http/write-answer.ts'
import {
  ASSIGNMENT_TYPE,
  type ClusterAssignment,
  type ClusterAssignments,
  versionOf,
} from './cluster-assignment.ts'

/** What is understood of a DiscoveryRequest; its members are written with underscores or as in JSON. */
interface EdsRequest {
  readonly names: readonly string[]
  readonly version: unknown
  readonly type: unknown
}

const BODY_BYTES_MAX = 1_048_576
const NAMES_MAX = 10_000

/** Answers one request; `body` is what was read of it already, as JSON. */
export async function answerEds(
  assignments: ClusterAssignments,
  exchange: HttpExchange,
  body?: unknown,
): Promise<void> {
  if (refuseMethod(exchange, ['POST'])) return
  const text = body === undefined ? await readText(exchange.request) : undefined
  const request = parseRequest(text === undefined ? body : parseJson(text))
  if (typeof request === 'string') {
    answerProblem(exchange, 'request-malformed', request, { connection: 'close' })
    return
  }
  const found = [...new Set(request.names)].map((name) => assignments.find(name))
  const version = versionOf(found)
  if (request.version === version) answerNotModified(exchange, {})
  else answerJson(exchange, JSON.stringify(printResponse(found, version)))
}

/** A DiscoveryResponse in the JSON of protocol buffers. */
function printResponse(found: readonly ClusterAssignment[], version: string) {
  return {
    version_info: version,
    type_url: ASSIGNMENT_TYPE,
    nonce: version,
    resources: found.map((one) => ({ '@type': ASSIGNMENT_TYPE, ...printAssignment(one) })),
  }
}

function printAssignment({ clusterName, hosts }: ClusterAssignment) {
  const lb_endpoints = hosts.map(({ protocol, address, number }) => ({
    endpoint: {
      address: {
        socket_address: { protocol: protocol.toUpperCase(), address, port_value: number },
      },
    },
  }))
  return { cluster_name: clusterName, endpoints: hosts.length === 0 ? [] : [{ lb_endpoints }] }
}

function parseRequest(body: unknown): EdsRequest | string {
  if (typeof body !== 'object' || body === null) return 'a DiscoveryRequest as JSON is expected'
  const words = new Map(Object.entries(body))
  const word = (snake: string, camel: string): unknown => words.get(snake) ?? words.get(camel)
  const type = word('type_url', 'typeUrl')
  if (type !== undefined && type !== '' && type !== ASSIGNMENT_TYPE)
    return `type_url is ${JSON.stringify(type)}; there is only ${ASSIGNMENT_TYPE}`
  const names = word('resource_names', 'resourceNames') ?? []
  if (!isNames(names)) return 'resource_names are the names of at most 10000 clusters'
  return { names, type, version: word('version_info', 'versionInfo') }
}

function isNames(value: unknown): value is readonly string[] {
  const isList = Array.isArray(value) && value.length <= NAMES_MAX
  return isList && value.every((name) => typeof name === 'string' && name !== '')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is not JSON is none of the requests that are understood.
    return undefined
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request) {
    size += (piece as Buffer).length
    if (size > BODY_BYTES_MAX) return ''
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces).toString()
}
