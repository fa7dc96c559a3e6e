/** What is said about services over HTTP: one JSON document, and a tag that changes when it does. */
import { createHash } from 'node:crypto'
import type { Endpoint } from '../../../seams/endpoints.ts'
import { printTarget } from '../instances.ts'

/** One ready owner, as JSON. */
export interface EndpointView extends Endpoint {
  /** `127.0.0.1:20001`. */
  readonly target: string
}

/** The answer to a query, as it is at one time. */
export interface ServicesView {
  readonly endpoints: readonly EndpointView[]
  /** Of the endpoints alone, so that nothing else changes it. */
  readonly tag: string
}

/** The view of these endpoints. */
export function viewServices(found: readonly Endpoint[]): ServicesView {
  const endpoints = found.map((one) => ({ ...one, target: printTarget(one) }))
  return { endpoints, tag: tagOf(JSON.stringify(endpoints)) }
}

/** A short text that is equal for equal texts, and for no others. */
export function tagOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** Whether a request's `If-None-Match` names this tag. @source RFC 9110, section 13.1.2 */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((one) => one.trim().replace(/^W\//, ''))
  return tags.includes(`"${tag}"`) || tags.includes('*')
}
