/**
 * Which server a command speaks to: the one named on the command line, else by RAMPART_SERVER, else by
 * the context; without any, the daemon of this machine.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../core/fault/fault.ts'
import type { RemoteServer } from '../server/client/transport.ts'
import type { CliParts } from './cli-parts.ts'
import { type Context, contextNamed, LOCAL, readContexts } from './contexts.ts'

/** What stands before the verb on the command line. */
export interface ServerOptions {
  readonly server?: string
  readonly context?: string
  readonly ca?: string
}

/**
 * The server that is meant; undefined: this machine's own daemon.
 *
 * @throws context-unknown, contexts-unusable, server-malformed
 * @throws token-exposed when a token would pass a network unencrypted
 */
export function chooseServer(
  parts: Pick<CliParts, 'settings' | 'cwd'>,
  options: ServerOptions,
): RemoteServer | undefined {
  const chosen = chosenContext(parts, options)
  if (chosen === undefined) return undefined
  const url = serverUrl(chosen.server)
  const { ca = chosen.ca } = options
  const token = parts.settings['RAMPART_TOKEN'] ?? chosen.token
  if (token !== undefined) assertNotExposed(url)
  return {
    url: url.origin,
    ...(token === undefined ? {} : { token: token.trim() }),
    ...(ca === undefined ? {} : { ca: readCertificates(resolve(parts.cwd, ca)) }),
  }
}

/** The parts of the command line with every daemon replaced by the server that is meant, if one is. */
export function towardServer(parts: CliParts, options: ServerOptions): CliParts {
  const server = chooseServer(parts, options)
  if (server === undefined) return parts
  const connect: CliParts['ensureDaemon'] = async () => {
    const { RampartClient } = await import('../server/client/client.ts')
    return new RampartClient(server)
  }
  return { ...parts, server: server.url, connectDaemon: connect, ensureDaemon: connect }
}

/** A URL of a server. @throws server-malformed */
export function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isServer = url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/'
  if (isServer && url.username === '' && url.search === '') return url
  throw new Fault({
    code: 'server-malformed',
    operation: 'choose the server',
    subject: text,
    hint: 'A server is written https://rampart.example.org or http://127.0.0.1:7070.',
  })
}

/** @throws token-exposed */
export function assertNotExposed(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isLoopback = host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
  if (url.protocol === 'https:' || isLoopback) return
  throw new Fault({
    code: 'token-exposed',
    operation: 'choose the server',
    subject: url.origin,
    hint: 'A token would pass the network unencrypted, for all to read; the URL must begin with https.',
  })
}

function chosenContext(
  { settings }: Pick<CliParts, 'settings'>,
  options: ServerOptions,
): Context | undefined {
  const contexts = readContexts(settings)
  const url = options.server ?? (options.context === undefined ? settings['RAMPART_SERVER'] : '')
  if (url !== undefined && url !== '') {
    // A token is for the server that it was kept for.
    const kept = Object.values(contexts.contexts).find(({ server }) => isSame(server, url))
    return { ...kept, server: url }
  }
  const name = options.context ?? settings['RAMPART_CONTEXT'] ?? contexts.current ?? LOCAL
  return name === LOCAL ? undefined : contextNamed(contexts, name)
}

function isSame(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin
}

/** Certificates (PEM) of a file. @throws server-malformed when it cannot be read */
export function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Fault({
      code: 'server-malformed',
      operation: 'read the certificates',
      subject: path,
      hint: `The certificates of --ca cannot be read: ${(error as Error).message}.`,
      cause: error,
    })
  }
}
