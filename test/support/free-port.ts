/** Free ports for servers that tests start: looked for where no outgoing connection takes them meanwhile. */
import { randomInt } from 'node:crypto'
import { isPortFree } from '../../src/runtimes/placement/ports.ts'

/** A port where nobody listens right now, below those that systems give to outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (await isPortFree(port)) return port
  }
}
