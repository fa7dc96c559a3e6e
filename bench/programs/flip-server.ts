/**
 * A warm HTTP server in a process of its own that answers 503 until it flips to 200, and tells when.
 * Its parent arms it anew for every trial.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monotonicMs } from '../measure/monotonic.ts'

/** What the parent says: be closed, and open after so long. */
export interface Arm {
  readonly flipAfterMs: number
}

/** What the server says. */
export type FlipServerSays =
  | { readonly says: 'listening'; readonly port: number }
  | { readonly says: 'armed' }
  | { readonly says: 'flipped'; readonly atMs: number; readonly requests: number }

let status = 200
let requests = 0
let timer: NodeJS.Timeout | undefined

const server = createServer((_request, response) => {
  requests += 1
  response.statusCode = status
  response.end(status === 200 ? 'open' : 'closed')
})

server.listen(0, '127.0.0.1', () => {
  say({ says: 'listening', port: (server.address() as AddressInfo).port })
})

process.on('message', ({ flipAfterMs }: Arm) => {
  clearTimeout(timer)
  status = 503
  requests = 0
  timer = setTimeout(() => {
    const atMs = monotonicMs()
    status = 200
    say({ says: 'flipped', atMs, requests })
  }, flipAfterMs)
  say({ says: 'armed' })
})
process.on('disconnect', () => process.exit(0))

function say(words: FlipServerSays): void {
  process.send?.(words)
}
