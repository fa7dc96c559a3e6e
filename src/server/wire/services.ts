/** What is said over HTTP about who serves what. */
import type { Endpoint } from '../../seams/endpoints.ts'

/** One ready owner of a port. */
export interface ServiceEndpoint extends Endpoint {
  /** `127.0.0.1:20001`. */
  readonly target: string
}

/** Who is ready, of those that whoever asks may see. */
export interface ServiceList {
  /** Of this answer; see the guide about discovery. */
  readonly index: number
  readonly endpoints: readonly ServiceEndpoint[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** What narrows it, and how long to wait for something new. */
export interface ServicesQuery {
  readonly port?: string
  readonly instance?: string
  readonly environment?: string
  readonly scope?: string
  readonly tenant?: string
  readonly protocol?: 'tcp' | 'udp'
  readonly index?: string
  readonly wait?: string
  readonly limit?: number
  readonly cursor?: string
}
