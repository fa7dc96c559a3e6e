/** One ready owner of a service's port, and the ways in which a program is told of one. */
import { Fault } from '../core/fault/fault.ts'
import { serviceVariables, urlOf } from '../core/port/service-variables.ts'

/** Where a service is. */
export interface DiscoveredEndpoint {
  readonly address: string
  readonly port: number
  /** `127.0.0.1:20001`, `[::1]:20001`. */
  readonly target: string
  /** Where its port is called `http` or `https`. */
  readonly url?: string
  readonly instance?: string
}

/** The endpoints in an answer of discovery, with its index. @throws Error when it is none */
export function parseAnswer(text: string): {
  readonly index: number
  readonly endpoints: readonly DiscoveredEndpoint[]
} {
  const told: unknown = JSON.parse(text)
  if (!isRecord(told) || typeof told['index'] !== 'number' || !Array.isArray(told['endpoints']))
    throw malformed('it has no index and no endpoints')
  return { index: told['index'], endpoints: told['endpoints'].map(readEndpoint) }
}

/** What the environment's variables say; undefined when they say nothing of that port. */
export function endpointOfVariables(
  service: string,
  port: string,
  variables: Readonly<Record<string, string | undefined>>,
): DiscoveredEndpoint | undefined {
  const names = serviceVariables(service, port)
  const text = variables[names.port]
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > 65_535) {
    throw new Fault({
      code: 'address-unusable',
      operation: 'discover',
      subject: names.port,
      hint: `${names.port}=${text} is not a port; set it to a number from 1 to 65535.`,
    })
  }
  return endpoint(port, variables[names.host] ?? '127.0.0.1', number)
}

function readEndpoint(value: unknown): DiscoveredEndpoint {
  if (!isRecord(value)) throw malformed('an endpoint is not an object')
  const { address, number, port, instance } = value
  if (typeof address !== 'string' || typeof number !== 'number' || typeof port !== 'string')
    throw malformed('an endpoint has no address')
  const read = endpoint(port, address, number)
  return typeof instance === 'string' ? { ...read, instance } : read
}

function endpoint(name: string, address: string, port: number): DiscoveredEndpoint {
  const target = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  const url = urlOf(name, address, port)
  return { address, port, target, ...(url === undefined ? {} : { url }) }
}

function malformed(why: string): Error {
  return new TypeError(`this is no answer of discovery: ${why}`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
