/** A server on a socket of its own with everything in memory, and a way to ask it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts'
import type { ServerParts } from '../../src/server/parts.ts'
import { openServer as openApiServer } from '../../src/server/server.ts'
import { makeServerParts } from './server-parts.ts'

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

/** A server whose processes start at once and never become ready. */
export async function openServer(
  t: TestContext,
  more: Partial<ServerParts> = {},
): Promise<{ readonly send: Send; readonly ledger: MemoryLedger; readonly socket: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-small-'))
  const { parts, world, troubles } = makeServerParts(folder)
  world.running = 'failed'
  const { engine } = parts
  const ledger = parts.ledger as MemoryLedger
  const server = await openApiServer({ ...parts, ...more })
  await engine.start()
  const socket = join(folder, 'daemon.sock')
  await server.listen(socket)
  t.after(async () => {
    await engine.close()
    await server.close()
    assert.deepEqual(troubles, [], 'nothing went wrong by a bug of ours')
    rmSync(folder, { recursive: true, force: true })
  })
  return { send: sender(socket), ledger, socket }
}

function sender(socketPath: string): Send {
  return async (method, path, body, headers = {}) => {
    const sent = request({
      socketPath,
      method,
      path,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of response) text += String(chunk)
    return { status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) }
  }
}
