/**
 * The agent of a region: does what its servers ask for where things live. It decides nothing, records
 * none of what is decided, and listens on no port. With several replicas it works for each of them.
 */
import { isFault } from '../core/fault/fault.ts'
import type { Clock } from '../seams/clock.ts'
import type { Random } from '../seams/random.ts'
import type { Transport } from '../server/client/transport.ts'
import { type AgentPresentation, keepLink } from './agent-link.ts'
import type { ErrandParts } from './errand-runner.ts'

/** What an agent is run with. */
export interface AgentOptions {
  /** Each server with the way to it. */
  readonly servers: ReadonlyMap<string, Pick<Transport, 'json' | 'text'>>
  readonly presentation: AgentPresentation
  readonly parts: ErrandParts
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  log(line: string, about?: { readonly level: 'warn' }): void
}

/**
 * Is an agent until it is told to stop.
 *
 * @throws what the first server says that will have none of it; the others are left then as well
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { servers, signal, ...rest } = options
  const ending = new AbortController()
  const ends = AbortSignal.any([signal, ending.signal])
  const links = [...servers].map(([server, transport]) =>
    keepLink({ ...rest, server, transport, signal: ends }).catch((error: unknown) => {
      ending.abort()
      if (isFault(error)) {
        options.log(`${server} refuses this agent: ${error.message}`, { level: 'warn' })
      }
      throw error
    }),
  )
  await Promise.all(links)
}
