/**
 * What the programs of the traps share: where they listen, and how they put on record since when they
 * are really ready. The record is made before the program changes, so that nobody who looks and
 * judges rightly can be earlier than the truth.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'

/** A variable that whoever starts the program must set. */
export function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

/** Where the program listens. */
export const PORT: number = Number(setting('PORT'))

/** How long a trap is set before it becomes what it looks like. @unit ms */
export const TRAP_MS: number = Number(setting('TRAP_MS'))

/** Puts on record that from now on it is really ready. */
export function becomeReady(): void {
  writeFileSync(setting('TRUTH'), String(Date.now()))
}

/** Calls back once the trap has been set for long enough. */
export function afterTrap(becomes: () => void): void {
  setTimeout(becomes, TRAP_MS)
}

/** Serves HTTP; resolves once it listens. */
export async function serve(handle: RequestListener, host = '127.0.0.1'): Promise<Server> {
  const server = createServer(handle)
  server.listen(PORT, host)
  await once(server, 'listening')
  return server
}

/** An answer of JSON. */
export function answerJson(
  response: Parameters<RequestListener>[1],
  status: number,
  body: object,
): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
