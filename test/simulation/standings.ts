/** How every ramp stands by the ledger alone. */
import type { Outcome } from '../../src/core/entry/entry.ts'
import type { WatchedLedger } from './faults/watched-ledger.ts'

/** How one ramp stands. */
export interface Standing {
  readonly ramp: string
  readonly name: string
  is: 'moving' | 'held' | 'ended'
  /** Whether it goes on by itself until somebody ends it. */
  isEndless: boolean
  /** The goal that it has reached; absent: it has not. */
  hasReached?: string
}

/** Reads on in the ledger, entry by entry. */
export class Standings {
  readonly #ledger: WatchedLedger
  readonly #ramps = new Map<string, Standing>()
  readonly #goals = new Map<string, string>()
  #read = 0

  constructor(ledger: WatchedLedger) {
    this.#ledger = ledger
  }

  /** Every ramp, oldest first. */
  all(): readonly Standing[] {
    this.look()
    return [...this.#ramps.values()]
  }

  /** Whether every ramp has ended or holds. */
  areAtRest(): boolean {
    return this.all().every((standing) => standing.is !== 'moving' || standing.isEndless)
  }

  /** Reads what was recorded since. */
  look(): void {
    for (; this.#read < this.#ledger.all.length; this.#read++) {
      const recorded = this.#ledger.all[this.#read]
      if (recorded === undefined) return
      const { stream, entry } = recorded
      const standing = this.#ramps.get(stream)
      if (entry.type === 'ramp.opened') {
        const { contract, endless = false } = entry.plan
        const { name } = contract
        this.#ramps.set(stream, { ramp: stream, name, is: 'moving', isEndless: endless })
        this.#goals.set(stream, entry.plan.goal)
      } else if (standing === undefined) continue
      else if (entry.type === 'ramp.held') standing.is = 'held'
      else if (entry.type === 'ramp.ended') this.#end(standing, entry.outcome)
      else if (entry.type === 'ramp.resumed' || entry.type === 'ramp.undoing')
        standing.is = 'moving'
      if (entry.type === 'ramp.undoing' && standing !== undefined) standing.isEndless = false
    }
  }

  #end(standing: Standing, outcome: Outcome): void {
    standing.is = 'ended'
    const goal = this.#goals.get(standing.ramp)
    if (outcome === 'reached' && goal !== undefined) standing.hasReached = goal
  }
}
