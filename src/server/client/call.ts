/**
 * Asks for one operation of the API, as its own document describes it: what the path, the query and the
 * body are, and what is given, is known from the types that are generated of it.
 */
import { OPERATIONS, type Operations } from './generated.ts'
import type { Transport, WireRequest } from './transport.ts'

/** What an operation is asked with; members that it has none of are left out. */
export type CallOptions<Id extends keyof Operations> = PathOf<Operations[Id]['path']> &
  BodyOf<Operations[Id]['body']> &
  SeenOf<Operations[Id]> & { readonly query?: Operations[Id]['query'] }

type PathOf<Path> = object extends Path ? object : { readonly path: Path }

type BodyOf<Body> = [Body] extends [undefined] ? object : { readonly body: Body }

/** What was seen of the thing that is changed, by its ETag; absent: it is changed whatever it is. */
type SeenOf<Described> = Described extends { readonly ifMatch: true }
  ? { readonly ifMatch?: string | undefined }
  : object

/** Asks, and gives the answer. */
export function call<Id extends keyof Operations>(
  transport: Transport,
  id: Id,
  options: CallOptions<Id>,
): Promise<Operations[Id]['reply']> {
  return transport.json(requestFor(id, options))
}

/** The request of an operation, for answers that come piece by piece. */
export function requestFor<Id extends keyof Operations>(
  id: Id,
  options: CallOptions<Id>,
): WireRequest {
  const { method, path } = OPERATIONS[id]
  const { path: parts = {}, query, body, ifMatch } = options as LooseOptions
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parts[name])),
  )
  return {
    ...{ method, path: filled },
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body }),
    ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
  }
}

interface LooseOptions {
  readonly path?: Readonly<Record<string, unknown>>
  readonly query?: NonNullable<WireRequest['query']>
  readonly body?: unknown
  readonly ifMatch?: string | undefined
}
