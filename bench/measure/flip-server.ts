/** The other end of the flip server: starts it, warms it, arms it for each trial. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import type { FlipServerSays } from '../programs/flip-server.ts'
import { heard } from './words.ts'

const WARM_REQUESTS = 300

/** A flip that will happen. */
export interface ArmedFlip {
  /** When it happened, by the monotonic clock, and how often the server was asked until then. */
  readonly flipped: Promise<{ readonly atMs: number; readonly requests: number }>
}

/** A server in another process that flips when told to. */
export class FlipServer {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.url = `http://127.0.0.1:${port}/`
  }

  /** Starts one and warms it. */
  static async start(): Promise<FlipServer> {
    const child = fork(join(import.meta.dirname, '../programs/flip-server.ts'))
    const listening = await heard<FlipServerSays, 'listening'>(child, 'listening')
    const server = new FlipServer(child, listening.port)
    for (let request = 0; request < WARM_REQUESTS; request += 1) await visit(server.url)
    return server
  }

  /** Closes it now; it opens by itself after a while. */
  async arm(flipAfterMs: number): Promise<ArmedFlip> {
    const flipped = heard<FlipServerSays, 'flipped'>(this.#child, 'flipped')
    // A server that is closed before it flips leaves nobody waiting.
    flipped.catch(() => 'closed')
    const armed = heard<FlipServerSays, 'armed'>(this.#child, 'armed')
    this.#child.send({ flipAfterMs })
    await armed
    return { flipped }
  }

  /** Ends it. */
  async close(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }
}

function visit(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, (response) => response.resume().once('end', resolve)).once('error', reject)
  })
}
