/** What befalls replicas and their database, one thing after the other, and what is counted of it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { PostgresServer } from '../support/postgres.ts'
import type { Replica } from './replica-process.ts'

/** How often each thing was done. */
export interface Done {
  kills: number
  pauses: number
  cuts: number
  hushes: number
  restarts: number
}

/** One thing that befalls them. */
export type Deed = 'kill' | 'pause' | 'cut' | 'hush' | 'restart'

/** What it is done to. */
export interface MischiefOptions {
  readonly replicas: readonly Replica[]
  readonly postgres: PostgresServer
  readonly leaseMs: number
  log(line: string): void
}

/** Does mischief. */
export class Mischief {
  readonly done: Done = { kills: 0, pauses: 0, cuts: 0, hushes: 0, restarts: 0 }
  readonly #options: MischiefOptions
  #turn = 0

  constructor(options: MischiefOptions) {
    this.#options = options
  }

  /** Does one thing to one replica, in turn, and undoes it once others have had to take over. */
  async act(deed: Deed): Promise<void> {
    const { replicas, log, leaseMs } = this.#options
    const victim = replicas[this.#turn % replicas.length]
    if (victim === undefined) return
    this.#turn += 1
    log(deed === 'restart' ? 'PostgreSQL crashes' : `${deed} ${victim.process.name}`)
    const awayMs = leaseMs + 2_000
    if (deed === 'restart') return await this.#restart()
    if (deed === 'kill') return await this.#kill(victim)
    if (deed === 'pause') return await this.#pause(victim, awayMs)
    this.done[deed === 'cut' ? 'cuts' : 'hushes'] += 1
    if (deed === 'cut') victim.relay.cut()
    else victim.relay.hush()
    await delay(awayMs)
    victim.relay.restore()
  }

  async #kill({ process }: Replica): Promise<void> {
    this.done.kills += 1
    await process.kill()
    await delay(1_000)
    process.start()
  }

  async #pause({ process }: Replica, awayMs: number): Promise<void> {
    this.done.pauses += 1
    process.pause()
    await delay(awayMs)
    process.resume()
  }

  async #restart(): Promise<void> {
    this.done.restarts += 1
    await this.#options.postgres.crash()
    await delay(500)
    await this.#options.postgres.start()
  }
}
