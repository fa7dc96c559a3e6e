/** A server on a socket of its own with everything in memory, and a way to ask it. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ServerParts } from '../../src/server/parts.ts'
import { openServer as putTogether } from '../../src/server/server.ts'
import { makeServerParts, type SmallWorld } from './server-parts.ts'

/** An answer. */
export interface Sent<Body> {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Body
}

/** Sends a request with a JSON body. */
export type Send = <Body>(
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Sent<Body>>

/** A server that serves, and what a test may look at. */
export interface OpenedServer {
  readonly send: Send
  readonly parts: ServerParts
  readonly world: SmallWorld
  readonly troubles: readonly unknown[]
}

/** Opens one; it is closed after the test. */
export async function openServer(
  t: TestContext,
  more: Partial<ServerParts> = {},
): Promise<OpenedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-small-'))
  const { parts, world, troubles } = makeServerParts(folder)
  const server = await putTogether({ ...parts, ...more })
  await parts.engine.start()
  const socket = join(folder, 'daemon.sock')
  await server.listen(socket)
  t.after(async () => {
    await parts.engine.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { send: sender(socket), parts: { ...parts, ...more }, world, troubles }
}

function sender(socketPath: string): Send {
  return async (method, path, body, headers = {}) => {
    const isSent = body !== undefined
    const sent = request({
      socketPath,
      method,
      path,
      headers: { ...(isSent ? { 'content-type': 'application/json' } : {}), ...headers },
    })
    sent.end(isSent ? JSON.stringify(body) : undefined)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of response) text += String(chunk)
    const parsed = text === '' ? undefined : JSON.parse(text)
    return { status: response.statusCode ?? 0, headers: response.headers, body: parsed }
  }
}
