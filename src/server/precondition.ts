/**
 * `If-Match`: whoever changes something may say what they have seen of it, by its ETag. Read here for
 * every route that says `ifMatch`; judged where the change is made, upon exactly what it is made of. A
 * route that cannot judge it refuses it, so that nobody believes in a safeguard that is none.
 *
 * @source https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
import type { FastifyRequest } from 'fastify'
import { changedSince } from '../core/fault/changed-since.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import { isChange } from './access/authenticate.ts'
import type { App } from './app.ts'
import { etagOf } from './wire/etags.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a change is made only upon what `If-Match` says. @default false */
    ifMatch?: boolean
    /** Whether an answer carries the ETag by which what it tells of is changed. @default false */
    etag?: boolean
  }
  interface FastifyRequest {
    /** Absent: they change whatever there is. */
    precondition: Precondition | undefined
  }
}

/** One tag, which a proxy that packs answers may have made weak. */
const TAG = /^(?:W\/)?("[\x21\x23-\x7e]{0,200}")$/

/** What whoever changes something has seen of it. */
export class Precondition {
  /** Undefined: anything, as long as it is there. */
  readonly tags: readonly string[] | undefined

  constructor(tags: readonly string[] | undefined) {
    this.tags = tags
  }

  /** The sequences that it names, for what is judged by the head of a stream; undefined: any. */
  get heads(): readonly number[] | undefined {
    return this.tags?.flatMap((tag) => {
      const [, digits] = /^"(\d{1,15})"$/.exec(tag) ?? []
      return digits === undefined ? [] : [Number(digits)]
    })
  }

  /** Whether it holds for what has that ETag; undefined: there is nothing. */
  holds(etag: string | undefined): boolean {
    if (etag === undefined) return false
    return this.tags === undefined || this.tags.includes(etag)
  }

  /**
   * Asserts that it holds. To be called upon exactly what is then changed.
   *
   * @throws precondition-failed
   */
  check(
    etag: string | undefined,
    deed: { readonly operation: string; readonly subject: string },
  ): void {
    if (!this.holds(etag)) throw changedSince(deed, etag)
  }
}

/** A record that is to be changed only as somebody has seen it. */
export interface SeenRecord {
  readonly only: Precondition | undefined
  readonly deed: { readonly operation: string; readonly subject: string }
  /** The version of it now; undefined: there is none. */
  version(): Promise<number | undefined>
}

/**
 * Changes a record by replacing its version. Should another change come first, whoever has said what
 * they had seen is told so; whoever has not, is told of the conflict.
 *
 * @throws precondition-failed, record-conflict
 */
export async function changeRecord<Value>(
  { only, deed, version }: SeenRecord,
  change: () => Promise<Value>,
): Promise<Value> {
  try {
    return await change()
  } catch (error) {
    if (only === undefined || !isFault(error, 'record-conflict')) throw error
    const now = await version()
    throw changedSince(deed, now === undefined ? undefined : etagOf(now))
  }
}

/** Reads a header. @throws request-malformed */
export function parsePrecondition(header: string): Precondition {
  if (header.trim() === '*') return new Precondition(undefined)
  const tags = header.split(',').map((one) => TAG.exec(one.trim())?.[1])
  const known = tags.filter((tag) => tag !== undefined)
  if (known.length === tags.length) return new Precondition(known)
  throw malformed('If-Match is an ETag with its quotes, several with commas, or *.')
}

/** Lets an app read it. To be called before any route is added, and after whoever asks is known. */
export function readPreconditions(app: App): void {
  app.decorateRequest('precondition', undefined)
  app.addHook('preValidation', async (request) => {
    request.precondition = preconditionOf(request)
  })
}

function preconditionOf(request: FastifyRequest): Precondition | undefined {
  const header = request.headers['if-match']
  if (header === undefined || !isChange(request) || request.is404) return undefined
  if (request.routeOptions.config.ifMatch === true) return parsePrecondition(header)
  throw malformed(`${request.method} ${request.url} depends on nothing that If-Match could name.`)
}

function malformed(hint: string): Fault {
  const subject = 'headers'
  return new Fault({ code: 'request-malformed', operation: 'read the headers', subject, hint })
}
