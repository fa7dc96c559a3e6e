/** One ready owner of a service's port, and the ways in which a program is told of one. */
import { Fault } from '../core/fault/fault.ts'
import { printHostPort } from '../core/port/ip-text.ts'
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

/** The endpoints in an answer of discovery, with its index. @throws discovery-unreachable when it is none */
export function parseAnswer(
  url: URL,
  text: string,
): {
  readonly index: number
  readonly endpoints: readonly DiscoveredEndpoint[]
} {
  const told = parseJson(text)
  const { index, endpoints } = isRecord(told) ? told : {}
  const read = Array.isArray(endpoints) ? endpoints.map(readEndpoint) : [undefined]
  if (typeof index === 'number' && read.every((one) => one !== undefined))
    return { index, endpoints: read }
  throw unreachable(url, `this is no answer of discovery: ${text.slice(0, 500)}`)
}

/** A fault about whoever should tell. */
export function unreachable(url: URL, hint: string): Fault {
  const subject = url.origin + url.pathname
  return new Fault({ code: 'discovery-unreachable', operation: 'discover', subject, hint })
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

function readEndpoint(value: unknown): DiscoveredEndpoint | undefined {
  if (!isRecord(value)) return undefined
  const { address, number, port, instance } = value
  if (typeof address !== 'string' || typeof number !== 'number' || typeof port !== 'string')
    return undefined
  const read = endpoint(port, address, number)
  return typeof instance === 'string' ? { ...read, instance } : read
}

function endpoint(name: string, address: string, port: number): DiscoveredEndpoint {
  const target = printHostPort(address, port)
  const url = urlOf(name, address, port)
  return { address, port, target, ...(url === undefined ? {} : { url }) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is not JSON is no answer, and is told of as such.
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
