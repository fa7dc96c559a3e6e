/**
 * The world of one ramp, in a process of its own: it knows how long every node takes, hears from each
 * when its first instruction ran, and makes it ready that much later, by HTTP and by a line alike.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { monotonicMs } from '../measure/monotonic.ts'
import { Pipe } from '../measure/pipe.ts'

/** What the parent says: a new ramp begins, its pipes are in this folder. */
export interface Begin {
  readonly folder: string
  /** How long each node takes, by name. @unit ms */
  readonly serviceMs: Readonly<Record<string, number>>
}

/** What the world says. */
export type WorldSays =
  | { readonly says: 'listening'; readonly port: number }
  | { readonly says: 'begun' }
  | { readonly says: 'started' | 'ready'; readonly name: string; readonly atMs: number }

const ready = new Set<string>()
let pipes = new Map<string, Pipe>()
let announced: Pipe | undefined

const server = createServer((request, response) => {
  response.statusCode = ready.has((request.url ?? '').slice(1)) ? 200 : 503
  response.end()
})
server.listen(0, '127.0.0.1', () => {
  say({ says: 'listening', port: (server.address() as AddressInfo).port })
})

process.on('message', ({ folder, serviceMs }: Begin) => {
  end()
  pipes = new Map(Object.keys(serviceMs).map((name) => [name, new Pipe(join(folder, name))]))
  announced = new Pipe(join(folder, 'announced'))
  announced.listen((name, atMs) => {
    say({ says: 'started', name, atMs })
    const tookMs = serviceMs[name]
    if (tookMs !== undefined)
      setTimeout(() => makeReady(name), atMs + tookMs - monotonicMs()).unref()
  })
  say({ says: 'begun' })
})
process.on('disconnect', () => {
  // Not process.exit: it would wait for ever for the thread that reads the pipe.
  end()
  server.close()
  server.closeAllConnections()
})

function makeReady(name: string): void {
  const atMs = monotonicMs()
  ready.add(name)
  pipes.get(name)?.wake()
  say({ says: 'ready', name, atMs })
}

function end(): void {
  ready.clear()
  announced?.stopListening()
  for (const pipe of pipes.values()) pipe.close()
}

function say(words: WorldSays): void {
  process.send?.(words)
}
