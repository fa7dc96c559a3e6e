/**
 * The file with the servers of one upstream: written as a whole or not at all, and read back, so that
 * what another daemon has written is known. Backends that drain stay in it, switched off.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { RoutedBackend } from '../../seams/data-plane.ts'
import { printPlace } from '../backend/check-backend.ts'
import { writeProxyFile } from '../backend/proxy-file.ts'

const HEAD = '# Written by Rampart; what is changed by hand here is overwritten.'

/** nginx refuses an upstream without any server; the discard port of nobody, never asked. */
const NONE = 'server 127.0.0.1:9 down; # none'

const LINE = /^server \[?([0-9a-fA-F.:]+?)\]?:(\d+) (down )?max_fails=0; # (\S+)$/

/** Replaces the file in one step. */
export function writeServers(file: string, servers: readonly RoutedBackend[]): void {
  const lines = servers.map((server) => {
    const down = server.state === 'draining' ? ' down' : ''
    // Who is ready is decided elsewhere; one refused connection must not take a server out.
    return `server ${printPlace(server)}${down} max_fails=0; # ${server.id}`
  })
  const isServed = servers.some(({ state }) => state === 'routed')
  const text = [HEAD, ...lines, ...(isServed ? [] : [NONE])].join('\n')
  writeProxyFile(file, `${text}\n`)
}

/** What it says; nothing when it is not there. */
export function readServers(file: string): readonly RoutedBackend[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [whole, address = '', port = '', down, id = ''] = LINE.exec(line) ?? []
      if (whole === undefined) return []
      const state = down === undefined ? 'routed' : 'draining'
      return [{ id, address, port: Number(port), state } as const]
    })
}
