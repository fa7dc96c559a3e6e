/**
 * Requests to the server that this page came from, and to nobody else. Changes carry a key, so that
 * sending one twice has the effect of sending it once.
 */
import { failureOf, RequestFailure } from './request-failure.ts'

let csrfToken: string | undefined

/** One request. */
export interface WebRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** A member with several values is named once for each. */
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly string[] | undefined>
  >
  readonly body?: unknown
  /** The ETag of what is changed, as it was shown; absent: it is changed whatever it is. */
  readonly ifMatch?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Takes what a session must send back with every change. */
export function keepCsrfToken(token: string | undefined): void {
  csrfToken = token
}

/** Signs in with a token. No script keeps it: the session is a cookie that none can read. */
export async function beginSession(token: string): Promise<void> {
  await ask({ method: 'POST', path: '/v1/auth/session', body: { token } })
}

/** Signs in with a code that the address has brought, and takes it out of the address before anything else. */
export async function beginSessionByAddress(): Promise<void> {
  const [, code] = /^#code=([\w-]{1,100})$/.exec(window.location.hash) ?? []
  if (code === undefined) return
  const { pathname, search } = window.location
  window.history.replaceState(null, '', pathname + search)
  await ask({ method: 'POST', path: '/v1/auth/session', body: { code } })
}

/** Asks, and reads the JSON that is answered. */
export async function ask<Reply>(request: WebRequest): Promise<Reply> {
  const response = await send(request)
  if (response.status === 204) return undefined as Reply
  return (await response.json()) as Reply
}

/**
 * Asks, and gives the answer as it is.
 *
 * @throws RequestFailure when it is refused, or nobody answers
 */
export async function send(request: WebRequest): Promise<Response> {
  const { method = 'GET', path, body, signal } = request
  let response: Response
  try {
    response = await fetch(pathOf(request), {
      method,
      headers: headersOf(request),
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    const detail = 'The server does not answer. It may be restarting; this page tries again.'
    throw new RequestFailure(0, { detail }, path)
  }
  if (response.ok) return response
  throw await failureOf(response, path)
}

/** The address of a request with its query. */
function pathOf({ path, query }: WebRequest): string {
  const members = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of [value].flat()) if (one !== undefined) members.append(name, String(one))
  }
  return members.size === 0 ? path : `${path}?${members}`
}

function headersOf({ method = 'GET', body, ifMatch, headers }: WebRequest): Record<string, string> {
  const isChange = method !== 'GET'
  return {
    ...headers,
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(isChange && csrfToken !== undefined ? { 'x-csrf-token': csrfToken } : {}),
    ...(method === 'POST' ? { 'idempotency-key': freshKey() } : {}),
  }
}

/** 128 bits by chance; `randomUUID` is missing where a page came without TLS. */
function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
