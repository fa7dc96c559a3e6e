/**
 * A small server of our own that answers as the API server of a cluster does, for the few requests that
 * the kubernetes probe makes. It holds objects and runs no controllers: no live cluster is behind it.
 */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { JsonObject } from '../../src/core/units/json.ts'
import type { Certificate } from './certificates.ts'

/** Whom the server lets in. */
export const TOKEN = 'sesame-hunter2'

/** A server that holds objects by their path. */
export interface KubernetesApi {
  readonly url: string
  readonly server: Server
  /** Requests as `GET /path?query`. */
  readonly asked: string[]
  /** The path of a kubeconfig for it, whose one context is called `shop`. */
  readonly kubeconfig: string
  /** Puts an object, or a whole answer with another status, at a path, and tells who watches. */
  put(path: string, object: JsonObject, status?: number): void
  remove(path: string): void
  /** How many watches are held. */
  watches(): number
}

/** How the server is opened. */
export interface KubernetesApiOptions {
  /** Speaks TLS with this, signed by `authority`, and wants clients to be signed by it as well. */
  readonly tls?: {
    readonly own: Certificate
    readonly client: Certificate
    readonly authority: Certificate
  }
  /** What is in the kubeconfig besides the cluster. @default the token */
  readonly user?: JsonObject
  readonly namespace?: string
}

interface Held {
  readonly object: JsonObject
  readonly status: number
}

/** Opens a server, gone when the test ends. */
export async function openKubernetesApi(
  test: TestContext,
  options: KubernetesApiOptions = {},
): Promise<KubernetesApi> {
  const held = new Map<string, Held>()
  const asked: string[] = []
  const watching = new Set<ServerResponse>()
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response, held, watching, options)
  }
  const { tls } = options
  const server =
    tls === undefined
      ? createHttpServer(listener)
      : createHttpsServer(
          {
            cert: tls.own.certificate,
            key: tls.own.key,
            ca: tls.authority.certificate,
            requestCert: true,
            rejectUnauthorized: false,
          },
          listener,
        )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  const folder = await mkdtemp(join(tmpdir(), 'rampart-kubernetes-'))
  test.after(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const kubeconfig = join(folder, 'config')
  await writeFile(kubeconfig, JSON.stringify(configOf(url, options)))
  const tell = (type: string, object: JsonObject): void => {
    for (const watcher of watching) watcher.write(`${JSON.stringify({ type, object })}\n`)
  }
  return {
    url,
    server,
    asked,
    kubeconfig,
    put: (path, object, status = 200) => {
      held.set(path, { object, status })
      tell('MODIFIED', object)
    },
    remove: (path) => {
      held.delete(path)
      tell('DELETED', {})
    },
    watches: () => watching.size,
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  held: ReadonlyMap<string, Held>,
  watching: Set<ServerResponse>,
  options: KubernetesApiOptions,
): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (!isLetIn(request, options)) {
    return say(response, 401, failure('Unauthorized', 'Unauthorized', {}))
  }
  if (url.searchParams.get('watch') === 'true') {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    watching.add(response)
    response.once('close', () => watching.delete(response))
    return
  }
  const found = held.get(url.pathname)
  if (found !== undefined) return say(response, found.status, found.object)
  if (/^\/apis\/[^/]+\/[^/]+$/.test(url.pathname)) {
    return void response
      .writeHead(404, { 'content-type': 'text/plain' })
      .end('404 page not found\n')
  }
  const [plural = '', name = ''] = url.pathname.split('/').slice(-2)
  const message = `${plural} "${name}" not found`
  say(response, 404, failure('NotFound', message, { name, kind: plural }))
}

function isLetIn({ headers, socket }: IncomingMessage, { tls }: KubernetesApiOptions): boolean {
  if (tls !== undefined) return 'authorized' in socket && socket.authorized === true
  return headers.authorization === `Bearer ${TOKEN}`
}

function failure(reason: string, message: string, details: JsonObject): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, details }
}

function say(response: ServerResponse, status: number, document: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}

function configOf(server: string, { tls, user, namespace }: KubernetesApiOptions): JsonObject {
  const cluster =
    tls === undefined
      ? { server, 'insecure-skip-tls-verify': true }
      : { server, 'certificate-authority-data': base64(tls.authority.certificate) }
  const signedBy =
    tls === undefined
      ? { token: TOKEN }
      : {
          'client-certificate-data': base64(tls.client.certificate),
          'client-key-data': base64(tls.client.key),
        }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'shop',
    clusters: [{ name: 'local', cluster }],
    users: [{ name: 'rampart', user: user ?? signedBy }],
    contexts: [
      {
        name: 'shop',
        context: { cluster: 'local', user: 'rampart', ...(namespace ? { namespace } : {}) },
      },
    ],
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
