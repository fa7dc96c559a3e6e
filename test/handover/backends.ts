/** What proxies send requests to in tests, and the folders in which they are configured. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Backend } from '../../src/seams/data-plane.ts'

/** A folder for one test; what is in it may still be written to when that ends. */
export function scratchFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-proxy-'))
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

/** Serves until the test ends. @param answer @default its name */
export async function serveBackend(
  context: TestContext,
  id: string,
  answer?: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Backend> {
  const server = createServer(answer ?? ((_, response) => response.end(id))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { id, address: '127.0.0.1', port: (server.address() as AddressInfo).port }
}
